import {
  assembleOcspResponse,
  type CertStatus,
  encodeResponseData,
  OCSP_REFUSALS,
  parseOcspRequest,
} from '@kakunin/ocsp';
import { createTestCa, type IssuedCertificate, type TestCa } from '@kakunin/testing';
import { digest } from '@kakunin/x509';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { commandLine, type Outcome } from '../testing/command-line.ts';
import { FakeService, surroundingsOf } from '../testing/fake-service.ts';

let service: FakeService;
let ca: TestCa;
let responder: IssuedCertificate;
let run: (...args: string[]) => Promise<Outcome>;

beforeAll(async () => {
  service = await FakeService.start();
  ca = await createTestCa();
  responder = await ca.issueResponder({ subject: [['CN', 'Responder']] });
  const leaf = await ca.issue();
  const stranger = await createTestCa();
  const { files, profile } = surroundingsOf(service);
  run = commandLine({
    profile,
    files: {
      ...files,
      'leaf.pem': leaf.certificatePem,
      'issuer.pem': ca.certificatePem,
      'other.pem': stranger.certificatePem,
    },
  });
});
afterAll(() => service.close());

const query = ['ocsp', 'query', '--certificate', 'leaf.pem', '--issuer', 'issuer.pem'];

/** A responder of a few lines; `nonce` may lie. */
function respond(certStatus: CertStatus, lie: { nonce?: Uint8Array } = {}): void {
  service.answer(async ({ body }) => {
    const parsed = parseOcspRequest(body, { maxRequests: 1 });
    if (!parsed.ok) throw new Error('The CLI sent no OCSP request.');
    const { requests, nonce } = parsed.ok;
    const now = Date.now();
    const tbs = encodeResponseData({
      responderId: { byKey: digest('sha1', responder.certificate.publicKeyBits) },
      producedAt: now,
      responses: requests.map(({ certId }) => ({ certId, certStatus, thisUpdate: now, nextUpdate: now + 60_000 })),
      nonce: lie.nonce ?? nonce,
    });
    const { key, certificate } = responder.credential;
    const signature = await key.sign(tbs);
    return {
      body: Buffer.from(
        assembleOcspResponse({ tbs, algorithm: key.algorithm, signature, certificates: [certificate] }),
      ),
    };
  });
}

it('says good, and when, after verifying', async () => {
  respond({ status: 'good' });
  const { exitCode, stdout } = await run(...query);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/status +good\nthis update +20\d\d-\d\d-\d\d \d\d:\d\d:\d\d JST\n/);
  expect(stdout).toContain('CN=Responder');
  expect(service.seen[0]!.headers['content-type']).toBe('application/ocsp-request');
});

it('ends with 1 when revoked', async () => {
  respond({ status: 'revoked', revocationTime: Date.UTC(2026, 0, 2), reason: 'keyCompromise' });
  const { exitCode, stdout } = await run(...query, '-o', 'json');
  expect(exitCode).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({
    status: 'revoked',
    reason: 'keyCompromise',
    revocationTime: '2026-01-02T00:00:00.000Z',
  });
});

it('calls for a service provider and a purpose, as the PF provider', async () => {
  respond({ status: 'good' });
  await run(...query, '--mtls', '--service-provider', 'sp', '--purpose', 'liveness_check');
  expect(service.seen[0]).toMatchObject({ path: '/ocsp/sp/liveness_check', caller: 'pf' });
});

it('relies on no answer to another request', async () => {
  respond({ status: 'good' }, { nonce: new Uint8Array(32) });
  const { exitCode, stderr } = await run(...query);
  expect(exitCode).toBe(1);
  expect(stderr).toContain('nonce_differs');
});

it('ends with 3 on tryLater', async () => {
  service.answer(() => ({ body: Buffer.from(OCSP_REFUSALS.tryLater) }));
  expect(await run(...query)).toMatchObject({ exitCode: 3, stdout: 'tryLater\n' });
});

it('says why it is unauthorized', async () => {
  const headers = { 'kakunin-error': 'client_certificate_expired' };
  service.answer(() => ({ headers, body: Buffer.from(OCSP_REFUSALS.unauthorized) }));
  expect(await run(...query)).toMatchObject({ exitCode: 1, stdout: 'unauthorized (client_certificate_expired)\n' });
});

it('hands over the DER', async () => {
  service.answer(() => ({ body: Buffer.from(OCSP_REFUSALS.tryLater) }));
  expect((await run(...query, '-o', 'der')).octets).toEqual(Buffer.from(OCSP_REFUSALS.tryLater));
});

it('notices the wrong key generation before it asks', async () => {
  service.answer(() => ({}));
  const { exitCode } = await run('ocsp', 'query', '--certificate', 'leaf.pem', '--issuer', 'other.pem');
  expect([exitCode, service.seen.length]).toEqual([2, 0]);
});

it('relies on nothing that is no OCSP response', async () => {
  service.answer(() => ({ body: 'hello' }));
  expect(await run(...query)).toMatchObject({ exitCode: 1 });
});

it('ends with 3 when nobody answers, and with 1 when it is no responder', async () => {
  const away = await run(...query, '--url', 'https://127.0.0.1:1/ocsp');
  expect(away).toMatchObject({ exitCode: 3, stdout: '' });
  expect(away.stderr).toContain('ECONNREFUSED');
  service.answer(() => ({ status: 404 }));
  expect(await run(...query)).toMatchObject({ exitCode: 1 });
});

it('takes no purpose without a service provider, and no file that holds no certificate', async () => {
  service.answer(() => ({}));
  const { exitCode } = await run(...query, '--purpose', 'liveness_check');
  expect([exitCode, service.seen.length]).toEqual([2, 0]);
  expect(await run('ocsp', 'query', '--certificate', 'pf.key', '--issuer', 'issuer.pem')).toMatchObject({
    exitCode: 2,
  });
});

it('asks once, whatever happens', async () => {
  service.answer(() => ({ body: Buffer.from(OCSP_REFUSALS.tryLater) }));
  await run(...query);
  expect(service.seen).toHaveLength(1);
});
