import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import type { CertificateStatus } from '@kakunin/certificates';
import { OcspClient, type OcspClientOptions } from '@kakunin/client';
import type { IssuedCertificate } from '@kakunin/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestCertificate, TestResponder, until } from './testing/test-responder.ts';

const HOUR = 3_600_000;

let responder: TestResponder;
let caller: IssuedCertificate;
let client: OcspClient;
beforeAll(async () => {
  responder = await TestResponder.start();
  caller = await responder.ca.issueClient('pf2');
  const fingerprint = createHash('sha256').update(caller.certificate.der).digest('hex');
  const credentials = [{ fingerprint, notBefore: Date.now() - HOUR, notAfter: Date.now() + HOUR }];
  await responder.publishParty({ code: 'pf2', kind: 'platform_provider', roles: ['platform_provider'], credentials });
  await responder.publishParty({ code: 'shop', kind: 'service_provider', platformProvider: 'pf2' });
  client = overMutualTls();
  const first = await responder.issue('first');
  await until(() =>
    client.checkStatus(question(first, 'shop')).then(
      () => true,
      () => false,
    ),
  );
});
afterAll(async () => {
  client.close();
  await responder.close();
});

function overMutualTls(tls: OcspClientOptions['tls'] = { certificate: caller.certificatePem, key: caller.keyPem }) {
  const url = `https://localhost:${responder.mtlsPort}/ocsp`;
  return new OcspClient({ url, tls: { ...tls, authorities: responder.ca.certificatePem } });
}

const question = ({ file }: TestCertificate, serviceProvider: string) => ({
  certificate: readFileSync(file),
  issuer: responder.ca.certificatePem,
  serviceProvider,
  purpose: 'liveness_check' as const,
});

/** How many checks for a service provider, and for a purpose, were handed over so far. */
const countedFor = async (serviceProvider: string, purpose = 'liveness_check'): Promise<number> =>
  (await responder.usage()).filter((event) => event.serviceProvider === serviceProvider && event.purpose === purpose)
    .length;

const revocationDate = Date.UTC(2026, 0, 31, 12);
test.each<[string, CertificateStatus, object]>([
  ['good', { status: 'good' }, { status: 'good' }],
  [
    'revoked',
    { status: 'revoked', revocationDate, reason: 'keyCompromise' },
    { status: 'revoked', revocationTime: revocationDate, reason: 'keyCompromise' },
  ],
  [
    'held',
    { status: 'revoked', revocationDate, reason: 'certificateHold' },
    { status: 'revoked', revocationTime: revocationDate, reason: 'certificateHold' },
  ],
])('the SDK verifies and reads: %s', async (name, status, expected) => {
  const asked = await responder.issue(name, status);
  const result = await client.checkStatus(question(asked, 'shop'));
  expect(result).toMatchObject({ ...expected, source: 'ocsp' });
  expect(Math.abs(Date.now() - result.thisUpdate)).toBeLessThan(60_000);
});

test('the SDK verifies and reads: never issued', async () => {
  const stranger = await responder.issueSecretly('stranger');
  expect(await client.checkStatus(question(stranger, 'shop'))).toMatchObject({ status: 'unknown' });
});

test('the SDK says why it was refused', async () => {
  const asked = await responder.issue('asked');
  const refused = { code: 'refused', ocspStatus: 'unauthorized' };
  await expect(client.checkStatus(question(asked, 'bank'))).rejects.toMatchObject({
    ...refused,
    kakuninError: 'service_provider_unknown',
  });
  const nameless = overMutualTls({});
  await expect(nameless.checkStatus(question(asked, 'shop'))).rejects.toMatchObject({
    ...refused,
    kakuninError: 'client_certificate_missing',
  });
  nameless.close();
});

/** Passes everything on, but breaks each of the first connections as soon as the responder answers. */
async function losing(answers: number): Promise<{ url: string; server: Server }> {
  let left = answers;
  const server = createServer((socket) => {
    const onward = connect(responder.plainPort, '127.0.0.1');
    for (const each of [socket, onward]) each.on('error', () => {});
    socket.pipe(onward);
    onward.on('data', (data) => (left-- > 0 ? socket.destroy() : socket.write(data)));
    socket.on('close', () => onward.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/ocsp`, server };
}

test('the SDK asks again for an answer that was lost, and the check is counted once', async () => {
  const asked = await responder.issue('lost');
  const { url, server } = await losing(2);
  const unlucky = new OcspClient({ url });
  expect(await unlucky.checkStatus(question(asked, 'bank'))).toMatchObject({ status: 'good' });
  unlucky.close();
  server.close();
  const direct = new OcspClient({ url: `${responder.url}/ocsp` });
  await direct.checkStatus({ ...question(asked, 'bank'), purpose: 'signature_verification' });
  direct.close();
  // What was counted before this one has been handed over with it.
  await expect.poll(() => countedFor('bank', 'signature_verification')).toBe(1);
  expect(await countedFor('bank')).toBe(1);
});

test('many at once over few connections, each counted', async () => {
  const asked = await responder.issue('many');
  const before = await countedFor('shop');
  const results = await Promise.all(Array.from({ length: 200 }, () => client.checkStatus(question(asked, 'shop'))));
  expect(new Set(results.map(({ status }) => status))).toEqual(new Set(['good']));
  await expect.poll(() => countedFor('shop')).toBe(before + 200);
});
