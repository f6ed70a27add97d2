import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestCa, type IssuedCertificate, type TestCa } from '@kakunin/testing/test-ca';
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { type CredentialChange, SigningCredentials, type SigningCredentialsOptions } from './signing-credentials.ts';

let directory: string;
let ca: TestCa;
let now: number;
let credentials: SigningCredentials | undefined;
let changes: CredentialChange[];
beforeAll(async () => {
  ca = await createTestCa();
});
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'kakunin-signing-keys-'));
  now = Date.now();
  changes = [];
});
afterEach(async () => {
  await credentials?.close();
  await rm(directory, { recursive: true, force: true });
});

const ONE_HOUR = 3_600_000;

async function open(options: Partial<SigningCredentialsOptions> = {}): Promise<SigningCredentials> {
  credentials = await SigningCredentials.open({
    directory,
    interval: ONE_HOUR,
    clock: { now: () => now },
    onChange: (change) => changes.push(change),
    ...options,
  });
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

const problemsSaid = () => changes.flatMap(({ problem }) => problem ?? []);

test('an authority has what its folder holds; a replaced pair is taken up, as another object', async () => {
  const [first, second] = [await ca.issueResponder(), await ca.issueResponder()];
  await putPair('signature-g1', first);
  const opened = await open();
  const [before, pairs] = [opened.get('signature-g1'), opened.pairs('signature-g1')];
  expect(before?.certificate).toEqual(Buffer.from(first.certificate.der));
  expect([opened.names(), opened.get('another')]).toEqual([['signature-g1'], undefined]);
  await opened.refresh();
  expect(opened.get('signature-g1')).toBe(before);
  expect(opened.pairs('signature-g1')).toBe(pairs);

  await putPair('signature-g1', second);
  await opened.refresh();
  expect(opened.get('signature-g1')?.certificate).toEqual(Buffer.from(second.certificate.der));
  expect(opened.problems().size).toBe(0);
  expect(changes.map(({ pair }) => pair?.certificate.serialNumber)).toEqual(
    [first, second].map(({ certificate }) => certificate.serialNumber),
  );
});

test('further pairs lie in folders below, which come and go', async () => {
  const [own, next, p384] = [
    await ca.issueResponder(),
    await ca.issueResponder(),
    await ca.issueResponder({ keyType: 'p384' }),
  ];
  await putPair('a', own);
  await putPair('a/next', next);
  await putPair('a/p384', p384);
  // What holds no pair.
  await mkdir(join(directory, 'a', 'empty'));
  await writeFile(join(directory, 'a', 'README'), 'next: from April on');
  const opened = await open();
  expect(opened.pairs('a').map(({ folder }) => folder)).toEqual(['', 'next', 'p384']);
  expect(opened.get('a')?.key.publicKey).toEqual(own.credential.key.publicKey);
  expect(opened.problems().size).toBe(0);

  await rm(join(directory, 'a', 'next'), { recursive: true });
  await opened.refresh();
  expect(opened.pairs('a').map(({ folder }) => folder)).toEqual(['', 'p384']);
});

test('a name may have pairs in folders below alone; taking its own files away takes two looks', async () => {
  await putPair('a', await ca.issueResponder());
  await putPair('a/next', await ca.issueResponder());
  const opened = await open();
  await Promise.all(['key.pem', 'certificate.pem'].map((file) => rm(join(directory, 'a', file))));
  await opened.refresh();
  expect(opened.pairs('a').map(({ folder }) => folder)).toEqual(['', 'next']);
  await opened.refresh();
  expect(opened.pairs('a').map(({ folder }) => folder)).toEqual(['next']);
  expect(opened.problems().size).toBe(0);
});

test('while only one file of a pair is replaced the old pair signs, and one look at it is no problem yet', async () => {
  const [first, second] = [await ca.issueResponder(), await ca.issueResponder()];
  await putPair('a', first);
  const opened = await open();
  const before = opened.get('a');
  await put('a', { key: second.keyPem });
  await opened.refresh();
  expect(opened.get('a')).toBe(before);
  expect(opened.problems().size).toBe(0);
  await opened.refresh();
  await opened.refresh();
  expect(opened.get('a')).toBe(before);
  expect(opened.problems().get('a')).toContain('files that belong together');
  expect(problemsSaid()).toHaveLength(1);

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
  await opened.refresh();
  expect(opened.get('a')).toBe(before);
  expect(opened.problems().get('a')).toContain(problem);
  expect(opened.problems().get('a')).not.toContain('garbage');
});

test('what may not be used yet is asked for again until it may, and said once', async () => {
  const [first, second] = [await ca.issueResponder(), await ca.issueResponder()];
  let refusal: string | undefined;
  await putPair('a', first);
  const opened = await open({ refusal: () => refusal });
  refusal = 'It is not issued by the authority: ask it for another certificate.';
  await putPair('a', second);
  for (let look = 0; look < 3; look++) await opened.refresh();
  expect(opened.get('a')?.key.publicKey).toEqual(first.credential.key.publicKey);
  expect(opened.problems().get('a')).toBe(refusal);
  expect(problemsSaid()).toEqual([refusal]);
  refusal = undefined;
  await opened.refresh();
  expect(opened.get('a')?.key.publicKey).toEqual(second.credential.key.publicKey);
  expect(opened.problems().size).toBe(0);
});

test('a pair that is not valid yet has the one before it at its side until it begins', async () => {
  const first = await ca.issueResponder();
  const next = await ca.issueResponder({ notBefore: now + ONE_HOUR });
  await putPair('a', first);
  const opened = await open();
  await putPair('a', next);
  await opened.refresh();
  await opened.refresh();
  const serialNumbers = () => opened.pairs('a').map(({ certificate }) => certificate.serialNumber);
  expect(serialNumbers()).toEqual([next.certificate.serialNumber, first.certificate.serialNumber]);
  now += 2 * ONE_HOUR;
  await opened.refresh();
  expect(serialNumbers()).toEqual([next.certificate.serialNumber]);
});

test('a mounted secret of Kubernetes is followed when it is exchanged as a whole', async () => {
  const [first, second] = [await ca.issueResponder(), await ca.issueResponder()];
  await putPair('..2026_11_22/a', first);
  await symlink('..2026_11_22', join(directory, '..data'));
  await symlink('..data/a', join(directory, 'a'));
  const opened = await open();
  expect(opened.names()).toEqual(['a']);
  await putPair('..2026_11_23/a', second);
  await symlink('..2026_11_23', join(directory, '..data_tmp'));
  await rename(join(directory, '..data_tmp'), join(directory, '..data'));
  await opened.refresh();
  expect(opened.get('a')?.key.publicKey).toEqual(second.credential.key.publicKey);
});

test('a missing file is a problem, a missing folder an end, a missing directory a beginning', async () => {
  await rm(directory, { recursive: true });
  const opened = await open();
  expect([opened.names(), opened.problems().size]).toEqual([[], 0]);
  await mkdir(join(directory, 'a'), { recursive: true });
  await opened.refresh();
  await opened.refresh();
  expect(opened.problems().get('a')).toContain('must hold key.pem and certificate.pem');
  await putPair('a', ca);
  await opened.refresh();
  expect(opened.names()).toEqual(['a']);
  await rm(join(directory, 'a'), { recursive: true });
  await opened.refresh();
  expect(opened.names()).toEqual([]);
});

test('what is wrong from the start is a problem at once', async () => {
  await put('a', { key: ca.keyPem });
  expect((await open()).problems().get('a')).toContain('must hold key.pem and certificate.pem');
});

test('files are followed without being asked', async () => {
  const opened = await open({ interval: 10 });
  await putPair('a', ca);
  await vi.waitFor(() => expect(opened.names()).toEqual(['a']));
});
