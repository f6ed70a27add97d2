import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestCa, type IssuedCertificate, type TestCa } from '@kakunin/testing/test-ca';
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { SigningCredentials } from './signing-credentials.ts';

let directory: string;
let ca: TestCa;
let credentials: SigningCredentials | undefined;
beforeAll(async () => {
  ca = await createTestCa();
});
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'kakunin-signing-keys-'));
});
afterEach(async () => {
  await credentials?.close();
  await rm(directory, { recursive: true, force: true });
});

const ONE_HOUR = 3_600_000;

async function open(refusal?: (name: string) => string | undefined): Promise<SigningCredentials> {
  credentials = await SigningCredentials.open({ directory, interval: ONE_HOUR, ...(refusal && { refusal }) });
  return credentials;
}

/** As an operator does it: a new file, then a rename over the old one. */
async function put(name: string, files: { readonly key?: string; readonly certificate?: string }): Promise<void> {
  await mkdir(join(directory, name), { recursive: true });
  for (const [file, content] of Object.entries(files)) {
    await writeFile(join(directory, 'new'), content);
    await rename(join(directory, 'new'), join(directory, name, `${file}.pem`));
  }
}

const putPair = (name: string, { keyPem, certificatePem }: IssuedCertificate) =>
  put(name, { key: keyPem, certificate: certificatePem });

test('an authority has what its folder holds; a replaced pair is taken up, as another object', async () => {
  const [first, second] = [await ca.issueResponder(), await ca.issueResponder()];
  await putPair('signature-g1', first);
  const opened = await open();
  const before = opened.get('signature-g1');
  expect(before?.certificate).toEqual(Buffer.from(first.certificate.der));
  expect([opened.names(), opened.get('another')]).toEqual([['signature-g1'], undefined]);
  await opened.refresh();
  expect(opened.get('signature-g1')).toBe(before);

  await putPair('signature-g1', second);
  await opened.refresh();
  expect(opened.get('signature-g1')?.certificate).toEqual(Buffer.from(second.certificate.der));
  expect(opened.problems().size).toBe(0);
});

test('while only one file of a pair is replaced the old pair signs; then the new one does', async () => {
  const [first, second] = [await ca.issueResponder(), await ca.issueResponder()];
  await putPair('a', first);
  const opened = await open();
  const before = opened.get('a');
  await put('a', { key: second.keyPem });
  await opened.refresh();
  expect(opened.get('a')).toBe(before);
  expect(opened.problems().get('a')).toContain('files that belong together');
  await put('a', { certificate: second.certificatePem });
  await opened.refresh();
  expect(opened.get('a')?.key.publicKey).toEqual(second.credential.key.publicKey);
  expect(opened.problems().size).toBe(0);
});

test.each([
  ['garbage', { key: 'garbage' }, 'private key cannot be read'],
  ['a certificate that is none', { certificate: 'garbage' }, 'No PEM block "CERTIFICATE"'],
])('%s is reported, and the old pair signs on', async (_, files, problem) => {
  await putPair('a', await ca.issueResponder());
  const opened = await open();
  const before = opened.get('a');
  await put('a', files);
  await opened.refresh();
  expect(opened.get('a')).toBe(before);
  expect(opened.problems().get('a')).toContain(problem);
  expect(opened.problems().get('a')).not.toContain('garbage');
});

test('what may not be used yet is asked for again until it may', async () => {
  const [first, second] = [await ca.issueResponder(), await ca.issueResponder()];
  let refusal: string | undefined;
  await putPair('a', first);
  const opened = await open(() => refusal);
  refusal = 'It is not issued by the authority: ask it for another certificate.';
  await putPair('a', second);
  await opened.refresh();
  expect(opened.get('a')?.key.publicKey).toEqual(first.credential.key.publicKey);
  expect(opened.problems().get('a')).toBe(refusal);
  refusal = undefined;
  await opened.refresh();
  expect(opened.get('a')?.key.publicKey).toEqual(second.credential.key.publicKey);
  expect(opened.problems().size).toBe(0);
});

test('a missing file is a problem, a missing folder an end, a missing directory a beginning', async () => {
  await rm(directory, { recursive: true });
  const opened = await open();
  expect([opened.names(), opened.problems().size]).toEqual([[], 0]);
  await mkdir(join(directory, 'a'), { recursive: true });
  await opened.refresh();
  expect(opened.problems().get('a')).toContain('must hold key.pem and certificate.pem');
  await putPair('a', ca);
  await opened.refresh();
  expect(opened.names()).toEqual(['a']);
  await rm(join(directory, 'a'), { recursive: true });
  await opened.refresh();
  expect(opened.names()).toEqual([]);
});

test('files are followed without being asked', async () => {
  credentials = await SigningCredentials.open({ directory, interval: 10 });
  await putPair('a', ca);
  await vi.waitFor(() => expect(credentials?.names()).toEqual(['a']));
});
