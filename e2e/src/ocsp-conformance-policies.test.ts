import { Agent } from 'node:https';
import { DerReader, encodeDer, objectIdentifier, sequence } from '@kakunin/der';
import { type BasicOcspResponse, certIdOf } from '@kakunin/ocsp';
import { REQUESTOR } from '@kakunin/ocsp/testing/request-corpus';
import { ask } from '@kakunin/ocsp-responder/testing/ask';
import { TestResponder } from '@kakunin/ocsp-responder/testing/test-responder';
import { type CertificateRequest, createTestCa } from '@kakunin/testing';
import { type SignatureAlgorithm, signatureAlgorithmIdentifier } from '@kakunin/x509';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createPopulation, SERIAL_NUMBERS } from './support/probe/population.ts';
import { OCSP_REQUEST, type Probe } from './support/probe/probe.ts';
import { addProbedAuthority, sha256 } from './support/probe/probed-kakunin.ts';
import { signedRequest } from './support/probe/signed-request.ts';
import { basicResponseIn } from './support/probe/what-is-said.ts';

const DAY = 86_400_000;
const DAYS = 10;

let responder: TestResponder;
let authorities = 0;
beforeAll(async () => {
  responder = await TestResponder.start();
});
afterAll(() => responder.close());

/** Another authority of the running responder: all have one name, and keys of their own. It looks for them every 2 s, so that
 * tests that wait for it do so together. */
async function probeOf(policy: object, request: CertificateRequest = {}): Promise<Probe> {
  const population = await createPopulation(Date.now());
  const ends = { ...population, responder: await population.ca.issueResponder(request) };
  return addProbedAuthority(responder, ends, { authorityId: `policy-${(authorities += 1)}`, policy });
}

async function basicOf(probe: Probe, body: Uint8Array): Promise<BasicOcspResponse> {
  const basic = basicResponseIn(await probe.send({ headers: OCSP_REQUEST, body }));
  if (!basic) throw new Error(await probe.post(body));
  return basic;
}

test('an authority that wants signed requests: sigRequired without a signature, and answered with one', async () => {
  const probe = await probeOf({ requireSignedRequests: true });
  expect(await probe.post(probe.about('good'))).toBe('sigRequired');
  const { certificate } = probe.population.caller;
  const credentials = [{ fingerprint: sha256(certificate.der), notBefore: 0, notAfter: certificate.notAfter }];
  await responder.publishParty({ code: 'pf', kind: 'platform_provider', roles: ['platform_provider'], credentials });
  const signed = await signedRequest(probe, { requestorName: REQUESTOR });
  await expect.poll(() => probe.post(signed)).toBe('good');
});

test.concurrent('never issued is revoked since 1970, with the extended-revoke extension', async () => {
  const probe = await probeOf({ neverIssued: 'revoked' });
  const request = probe.about('neverIssued', 'good');
  expect(await probe.post(request)).toBe('revoked certificateHold 1970-01-01, good');
  const { extensions = [] } = await basicOf(probe, request);
  expect(extensions).toEqual([{ id: '1.3.6.1.5.5.7.48.1.9', critical: false, value: Buffer.of(5, 0) }]);
});

test.concurrent('an expired certificate is answered with archiveCutoff', async () => {
  const probe = await probeOf({ archiveCutoffSeconds: (DAYS * DAY) / 1_000 });
  const { producedAt, responses } = await basicOf(probe, probe.about('expired'));
  const { extensions = [], certStatus } = responses[0]!;
  expect(certStatus.status).toBe('good');
  expect(extensions.map(({ id }) => id)).toEqual(['1.3.6.1.5.5.7.48.1.6']);
  expect(DerReader.of(extensions[0]!.value).generalizedTime()).toBe(producedAt - DAYS * DAY);
});

test.concurrent('CertHash is the SHA-256 of the certificate', async () => {
  const probe = await probeOf({ certHash: true });
  const { responses } = await basicOf(probe, probe.about('good', 'neverIssued'));
  const [extension] = responses[0]!.extensions ?? [];
  expect(extension?.id).toBe('1.3.36.8.3.13');
  const fields = DerReader.of(extension!.value).sequence();
  fields.sequence();
  const { fingerprint } = probe.population.issued.find(({ serialNumber }) => serialNumber === SERIAL_NUMBERS.good)!;
  expect(Buffer.from(fields.octetString()).toString('hex')).toBe(fingerprint);
  expect(responses[1]!.extensions).toEqual([]);
});

test.concurrent('the responder by its name', async () => {
  const probe = await probeOf({ responderId: 'name' });
  expect(await probe.post(probe.about('good'))).toBe('good');
  const { responderId } = await basicOf(probe, probe.about('good'));
  expect(responderId).toEqual({ byName: probe.population.responder.certificate.subject });
});

test.concurrent('no answer holds beyond the end of the responder’s certificate', async () => {
  const notAfter = Math.floor(Date.now() / 1_000) * 1_000 + DAYS * DAY;
  const probe = await probeOf({ answerValiditySeconds: (3 * DAYS * DAY) / 1_000 }, { notAfter });
  expect((await basicOf(probe, probe.about('good'))).responses[0]!.nextUpdate).toBe(notAfter);
});

describe('preferred algorithms among four keys', () => {
  let probe: Probe;
  beforeAll(async () => {
    const population = await createPopulation(Date.now());
    const others = await Promise.all(
      (['p384', 'rsa', 'ed25519'] as const).map((keyType) => population.ca.issueResponder({ keyType })),
    );
    probe = await addProbedAuthority(responder, population, { authorityId: 'four-keys', others });
  });

  test.each<[string, readonly (SignatureAlgorithm | undefined)[], SignatureAlgorithm]>([
    ['P-256', ['ecdsa-p256-sha256'], 'ecdsa-p256-sha256'],
    ['P-384', ['ecdsa-p384-sha384'], 'ecdsa-p384-sha384'],
    ['RSA', ['rsa-sha256'], 'rsa-sha256'],
    ['Ed25519', ['ed25519'], 'ed25519'],
    ['something unknown, then RSA, then P-384', [undefined, 'rsa-sha256', 'ecdsa-p384-sha384'], 'rsa-sha256'],
    ['nothing that is known', [undefined], 'ecdsa-p256-sha256'],
  ])('who prefers %s', async (_, preferred, signs) => {
    const unknown = sequence(objectIdentifier('1.2.3.4'));
    const list = preferred.map((each) => sequence(each ? signatureAlgorithmIdentifier[each] : unknown));
    const value = encodeDer(sequence(...list));
    const request = probe.request({ extensions: [{ id: '1.3.6.1.5.5.7.48.1.8', critical: false, value }] });
    expect(await probe.post(request)).toBe('good');
    const { signatureAlgorithm } = await basicOf(probe, request);
    expect(Buffer.from(signatureAlgorithm)).toEqual(Buffer.from(signatureAlgorithmIdentifier[signs]));
  });
});

test.concurrent('two known authorities in one message: unauthorized', async () => {
  const [one, other] = [await probeOf({}), await probeOf({})];
  const foreign = certIdOf(other.population.ca.certificate, SERIAL_NUMBERS.good, 'sha1').der;
  expect(await one.post(one.request({ certIds: [foreign] }))).toMatch(/^good/);
  expect(await one.post(one.request({ certIds: [one.certId(), foreign] }))).toBe('unauthorized');
});

test('a client certificate that is withdrawn: refused from then on, over a connection that stands', async () => {
  const client = await responder.ca.issueClient('pf2');
  const register = (revokedAt?: number): Promise<void> => {
    const credential = { fingerprint: sha256(client.certificate.der), notBefore: 0, notAfter: Date.now() + DAY };
    const credentials = [{ ...credential, ...(revokedAt !== undefined && { revokedAt }) }];
    return responder.publishParty({
      code: 'pf2',
      kind: 'platform_provider',
      roles: ['platform_provider'],
      credentials,
    });
  };
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const connected = vi.spyOn(agent, 'createConnection');
  const probe = await probeOf({});
  const said = async (): Promise<string> => {
    const tls = { ca: responder.ca.certificatePem, client };
    const answer = await ask({ port: responder.mtlsPort, body: probe.about('good'), tls, agent });
    return answer.error ?? answer.said;
  };
  await register();
  await expect.poll(said).toBe('good');
  await register(Date.now());
  await expect.poll(said).toBe('client_certificate_revoked');
  expect(connected).toHaveBeenCalledTimes(1);
  agent.destroy();
});

test('an authority without a key: tryLater', async () => {
  const keyless = await createTestCa();
  await responder.publishAuthority('keyless', keyless);
  const probe = await probeOf({});
  const certIds = [certIdOf(keyless.certificate, SERIAL_NUMBERS.good).der];
  await expect.poll(() => probe.post(probe.request({ certIds }))).toBe('tryLater');
});
