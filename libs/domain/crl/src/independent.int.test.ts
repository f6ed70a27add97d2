import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { openssl } from '@kakunin/testing/openssl-ca';
import { createTestCa, type IssuedCertificate, type TestCa } from '@kakunin/testing/test-ca';
import { crlDistributionPoints, encodePem, type Extension, keyUsage } from '@kakunin/x509';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { deltaCrlIndicator, expiredCertsOnCrl, freshestCrl, issuingDistributionPoint } from './crl-extensions.ts';
import { deltaEntries } from './delta-entries.ts';
import { encodeCrl } from './encode-crl.ts';
import { cursorOver } from './entry-cursor.ts';
import { lintCrl } from './lints/lint-crl.ts';
import type { ListedCertificate } from './revoked-certificate.ts';
import { CrlStream } from './stream/crl-stream.ts';
import { inPieces } from './testing/craft-crl.ts';

const run = promisify(execFile);
const TESTDATA = join(import.meta.dirname, '../testdata');
const DAY = 86_400_000;
const POINT = 'http://crl.example/crl/a/partitions/13101.crl';

let directory: string;
let ca: TestCa;
/** Of the partition `POINT`, by what becomes of them. */
const certificates: Record<'good' | 'revoked' | 'held' | 'late', IssuedCertificate> = {} as never;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'kakunin-crl-'));
  ca = await createTestCa();
  for (const name of ['good', 'revoked', 'held', 'late'] as const) {
    certificates[name] = await ca.issueWith([keyUsage('digitalSignature'), crlDistributionPoints(POINT)]);
    await writeFile(join(directory, `${name}.pem`), certificates[name].certificatePem);
  }
  await writeFile(join(directory, 'ca.pem'), ca.certificatePem);
});
afterAll(() => rm(directory, { recursive: true }));

const path = (name: string): string => join(directory, name);
const entry = (name: keyof typeof certificates, reason: ListedCertificate['reason']): ListedCertificate => ({
  serialNumber: certificates[name].certificate.serialNumberOctets,
  revocationDate: Date.now() - DAY,
  reason,
});

/** Writes a CRL, after it has passed our own rules, as DER and PEM. */
async function publish(name: string, list: Written): Promise<void> {
  const pieces: Uint8Array[] = [];
  const now = Date.now();
  const { subject: issuer, subjectKeyIdentifier } = ca.certificate;
  const tbs = {
    issuer,
    thisUpdate: now,
    nextUpdate: now + DAY,
    authorityKeyIdentifier: subjectKeyIdentifier!,
    ...list,
  };
  for await (const piece of encodeCrl(tbs, ca.credential.key)) pieces.push(piece);
  const der = Buffer.concat(pieces);
  expect(lintCrl(await (await CrlStream.open(inPieces(der))).finish())).toEqual([]);
  await writeFile(path(`${name}.crl`), der);
  await writeFile(path(`${name}.pem`), encodePem('X509 CRL', der));
}
interface Written {
  readonly crlNumber: bigint;
  readonly entries: readonly ListedCertificate[];
  readonly extensions: readonly Extension[];
}

/** What `openssl verify` says with these CRLs. */
const verdict = (certificate: string, crls: readonly string[]): Promise<string> =>
  openssl([
    'verify',
    '-x509_strict',
    '-crl_check_all',
    '-use_deltas',
    '-extended_crl',
    '-CAfile',
    path('ca.pem'),
    ...crls.flatMap((crl) => ['-CRLfile', path(`${crl}.pem`)]),
    path(`${certificate}.pem`),
  ]).then(
    () => 'good',
    (error: Error) => /error \d+ at \d+ depth lookup: (.*)/.exec(error.message)?.[1] ?? error.message,
  );

const scope = issuingDistributionPoint({ fullName: [POINT] });

test('openssl checks by a partition, and by the delta to it', async () => {
  const before = [entry('revoked', 'keyCompromise'), entry('held', 'certificateHold')];
  const after = [before[0]!, entry('late', 'superseded')];
  const base = { crlNumber: 5n, entries: before, extensions: [scope, freshestCrl('http://crl.example/delta.crl')] };
  await publish('base', base);
  const entries = await deltaEntries({ base: cursorOver(before), now: cursorOver(after) });
  await publish('delta', { crlNumber: 6n, entries, extensions: [scope, deltaCrlIndicator(5n)] });
  // The authority's own certificate is of another partition: its CRL is a complete one.
  await publish('complete', { crlNumber: 5n, entries: [], extensions: [] });
  const all = async (...crls: string[]) =>
    Promise.all(['good', 'revoked', 'held', 'late'].map((name) => verdict(name, [...crls, 'complete'])));
  expect(await all('base')).toEqual(['good', 'certificate revoked', 'certificate revoked', 'good']);
  expect(await all('base', 'delta')).toEqual(['good', 'certificate revoked', 'good', 'certificate revoked']);
});

test('openssl does not take a partition for the CRL of another one', async () => {
  const elsewhere = issuingDistributionPoint({ fullName: ['http://crl.example/crl/a/partitions/13102.crl'] });
  await publish('elsewhere', { crlNumber: 5n, entries: [], extensions: [elsewhere] });
  expect(await verdict('good', ['elsewhere'])).toBe('different CRL scope');
});

test('Go reads and verifies partitions, deltas, and CRLs that keep expired certificates', async () => {
  const program = path('parse-crl');
  await run('go', ['build', '-o', program, join(TESTDATA, 'parse-crl.go')], {
    env: { ...process.env, GO111MODULE: 'off' },
  });
  const entries = [entry('revoked', 'keyCompromise'), entry('held', 'certificateHold'), entry('late', 'unspecified')];
  await publish('go', {
    crlNumber: 7n,
    entries,
    extensions: [scope, freshestCrl('http://crl.example/delta.crl'), expiredCertsOnCrl(Date.now() - DAY)],
  });
  const seen = async (name: string) => JSON.parse((await run(program, [path('ca.pem'), path(`${name}.crl`)])).stdout);
  expect(await seen('go')).toEqual({
    Number: '7',
    Entries: 3,
    Reasons: { 0: 1, 1: 1, 6: 1 },
    Extensions: ['2.5.29.35', '2.5.29.20', '2.5.29.28 critical', '2.5.29.46', '2.5.29.60'],
  });
  const removed = [entry('held', 'removeFromCRL')];
  await publish('go-delta', { crlNumber: 8n, entries: removed, extensions: [scope, deltaCrlIndicator(7n)] });
  expect(await seen('go-delta')).toMatchObject({
    Reasons: { 8: 1 },
    Extensions: expect.arrayContaining(['2.5.29.27 critical']),
  });
});

test("Java's CertPathValidator checks by a partition", async () => {
  await publish('java', { crlNumber: 9n, entries: [entry('revoked', 'keyCompromise')], extensions: [scope] });
  const files = ['ca.pem', 'java.crl', 'good.pem', 'revoked.pem'].map(path);
  const { stdout } = await run('java', ['-XX:TieredStopAtLevel=1', join(TESTDATA, 'CheckPath.java'), ...files]);
  expect(stdout.trim().split('\n')).toEqual(['good', 'REVOKED']);
}, 60_000);
