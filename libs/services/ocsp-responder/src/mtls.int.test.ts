import { createHash } from 'node:crypto';
import { Agent, request as httpsRequest } from 'node:https';
import { certIdOf, encodeOcspRequest, parseOcspResponse } from '@kakunin/ocsp';
import type { RelyingParty } from '@kakunin/relying-parties';
import type { IssuedCertificate } from '@kakunin/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestResponder, until } from './testing/test-responder.ts';

const HOUR = 3_600_000;

let responder: TestResponder;
let body: Uint8Array;
const clients = new Map<string, IssuedCertificate>();

beforeAll(async () => {
  responder = await TestResponder.start();
  const { serialNumber } = await responder.issue('asked');
  body = encodeOcspRequest({ certIds: [certIdOf(responder.ca.certificate, serialNumber)] });
  for (const name of ['registered', 'expired', 'revoked', 'office', 'stranger']) {
    clients.set(name, await responder.ca.issueClient(name));
  }
  const now = Date.now();
  const credentials = [
    credentialOf('registered'),
    { ...credentialOf('expired'), notAfter: now - HOUR },
    { ...credentialOf('revoked'), revokedAt: now - HOUR },
  ];
  await responder.publishParty({ code: 'pf2', kind: 'platform_provider', roles: ['platform_provider'], credentials });
  await responder.publishParty({
    code: 'ca',
    kind: 'office',
    roles: ['finance'],
    credentials: [credentialOf('office')],
  });
  await until(async () => (await ask('registered')).said === 'good');
});
afterAll(() => responder.close());

function credentialOf(name: string): RelyingParty['credentials'][number] {
  const { certificate } = clients.get(name)!;
  const fingerprint = createHash('sha256').update(certificate.der).digest('hex');
  return { fingerprint, notBefore: Date.now() - HOUR, notAfter: Date.now() + HOUR };
}

/** POSTs over a connection of its own with the client certificate of that name, or none. */
function ask(client: string | undefined, path = '/ocsp'): Promise<{ said: string; error: unknown }> {
  const issued = client === undefined ? undefined : clients.get(client);
  const identity = issued ? { key: issued.keyPem, cert: issued.certificatePem } : {};
  return new Promise((resolve, reject) => {
    const sent = httpsRequest(
      {
        ...identity,
        host: '127.0.0.1',
        port: responder.mtlsPort,
        path,
        method: 'POST',
        ca: responder.ca.certificatePem,
        agent: new Agent({ keepAlive: false }),
        headers: { 'content-type': 'application/ocsp-request' },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const parsed = parseOcspResponse(Buffer.concat(chunks));
          const said = parsed.status === 'successful' ? parsed.basic.responses[0]!.certStatus.status : parsed.status;
          resolve({ said, error: response.headers['kakunin-error'] });
        });
      },
    );
    sent.on('error', reject).end(body);
  });
}

test('a registered client certificate is answered', async () => {
  expect(await ask('registered')).toEqual({ said: 'good', error: undefined });
});

test.each([
  ['stranger', 'client_certificate_unknown'],
  ['expired', 'client_certificate_expired'],
  ['revoked', 'client_certificate_revoked'],
  [undefined, 'client_certificate_missing'],
  ['office', 'caller_not_permitted'],
])('client certificate %s: unauthorized, %s', async (client, error) => {
  expect(await ask(client)).toEqual({ said: 'unauthorized', error });
});

test('a service provider of another platform provider is refused', async () => {
  expect(await ask('registered', '/ocsp/bank')).toEqual({ said: 'unauthorized', error: 'service_provider_unknown' });
});

test('usage says who called', async () => {
  await expect
    .poll(async () => (await responder.usage()).map(({ platformProvider }) => platformProvider))
    .toContain('pf2');
  expect((await responder.usage()).every(({ outcome }) => outcome === 'good')).toBe(true);
});
