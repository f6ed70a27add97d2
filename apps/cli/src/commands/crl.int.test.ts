import { encodeCrl } from '@kakunin/crl';
import { createTestCa, type IssuedCertificate, type TestCa } from '@kakunin/testing';
import { encodePem } from '@kakunin/x509';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { commandLine, type Outcome } from '../testing/command-line.ts';
import { FakeService, surroundingsOf } from '../testing/fake-service.ts';

const HOUR = 3_600_000;
let service: FakeService;
let ca: TestCa;
let [revoked, good]: IssuedCertificate[] = [];
let run: (...args: string[]) => Promise<Outcome>;

beforeAll(async () => {
  service = await FakeService.start();
  ca = await createTestCa();
  [revoked, good] = [await ca.issue(), await ca.issue()];
  const { files, profile } = surroundingsOf(service);
  run = commandLine({
    profile: { ...profile, crlUrl: `${service.url}/crl` },
    files: {
      ...files,
      'issuer.pem': ca.certificatePem,
      'other.pem': (await createTestCa()).certificatePem,
      'revoked.pem': revoked.certificatePem,
      'good.pem': good.certificatePem,
      'here.crl': await crl(),
      'here.pem': encodePem('X509 CRL', await crl()),
    },
  });
});
afterAll(() => service.close());

async function crl(thisUpdate = Date.now() - 1_000): Promise<Buffer> {
  const entry = { serialNumber: revoked!.certificate.serialNumberOctets, revocationDate: thisUpdate };
  const list = {
    issuer: ca.certificate.subject,
    authorityKeyIdentifier: ca.certificate.subjectKeyIdentifier!,
    thisUpdate,
    nextUpdate: thisUpdate + HOUR,
    crlNumber: 7n,
    entries: [entry],
  };
  const chunks: Uint8Array[] = [];
  for await (const chunk of encodeCrl(list, ca.credential.key)) chunks.push(chunk.slice());
  return Buffer.concat(chunks);
}

const verify = ['crl', 'verify', '--issuer', 'issuer.pem'];

it('downloads and verifies the CRL of an authority', async () => {
  const body = await crl();
  service.answer(() => ({ body }));
  const { exitCode, stdout } = await run(...verify, '--authority', 'signature-g2');
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/number +7\nthis update .* JST\nnext update .* JST\nentries +1\n/);
  expect(service.seen[0]!.path).toBe('/crl/signature-g2.crl');
});

it('looks a certificate up, and ends with 1 when it is there', async () => {
  const look = (name: string) => run(...verify, '--file', 'here.crl', '--certificate', name, '-o', 'json');
  expect(await look('good.pem')).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining('"not revoked"') as string,
  });
  expect(await look('revoked.pem')).toMatchObject({
    exitCode: 1,
    stdout: expect.stringContaining('"revoked"') as string,
  });
});

it('relies on no CRL that is out of date, of another key, or none at all', async () => {
  const old = await crl(Date.now() - 2 * HOUR);
  service.answer(() => ({ body: old }));
  expect((await run(...verify, '--authority', 'a')).stderr).toContain('out_of_date');
  const other = await run('crl', 'verify', '--issuer', 'other.pem', '--file', 'here.crl');
  expect(other).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('other_key') as string });
  service.answer(() => ({ body: 'hello' }));
  expect(await run(...verify, '--authority', 'a')).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('malformed') as string,
  });
});

it('reads PEM as well, and nothing else', async () => {
  expect((await run(...verify, '--file', 'here.pem')).stdout).toMatch(/number +7\n/);
  const wrong = await run(...verify, '--file', 'issuer.pem');
  expect(wrong).toMatchObject({ exitCode: 2, stderr: 'kakunin: issuer.pem holds no CRL (DER or PEM).\n' });
});

it('hands over the DER', async () => {
  const body = await crl();
  service.answer(() => ({ body }));
  expect((await run(...verify, '--authority', 'a', '-o', 'der')).octets.equals(body)).toBe(true);
});

it('says that there is none', async () => {
  service.answer(() => ({ status: 404 }));
  expect(await run(...verify, '--authority', 'a')).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('404') as string,
  });
  expect(await run(...verify)).toMatchObject({ exitCode: 2 });
});
