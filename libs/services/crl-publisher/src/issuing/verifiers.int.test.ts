import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { CertificateStatus } from '@kakunin/certificates';
import type { CrlSeries } from '@kakunin/publication';
import type { RunningService } from '@kakunin/runtime';
import { sharedTestPostgres, type TestDatabases } from '@kakunin/testing';
import { openssl } from '@kakunin/testing/openssl-ca';
import { crlDistributionPoints, keyUsage } from '@kakunin/x509';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually, newest, PublisherBench, revoked, urlOf } from '../testing/publisher-bench.ts';

const run = promisify(execFile);
/** Debian's libbcprov-java; tools/prerequisites.mjs installs it. */
const BOUNCY_CASTLE = '/usr/share/java/bcprov.jar';
const TESTDATA = join(import.meta.dirname, '../../../../domain/crl/testdata');
const BASE_URL = 'http://crl.example';
const PARTITION = { authorityId: 'a', partition: '13101' };
const VERIFY = ['-x509_strict', '-crl_check_all', '-use_deltas', '-extended_crl', '-CAfile'];
const NAMES = ['good', 'revoked', 'held', 'late'] as const;

let postgres: TestDatabases;
let bench: PublisherBench;
let service: RunningService;
const serials = new Map<string, string>();

const path = (name: string): string => join(bench.directory, name);
const say = (name: string, status?: CertificateStatus) =>
  bench.certify('a', serials.get(name) ?? '', { partition: PARTITION.partition, ...(status && { status }) });

/** Keeps what is public now of a series as `<name>.crl` and `<name>.pem`. */
async function download(name: string, series: CrlSeries): Promise<void> {
  const crl = await newest(service, series);
  for (const [extension, form] of [
    ['crl', 'crl'],
    ['pem', 'pem'],
  ] as const) {
    const url = urlOf(service, crl?.immutableUrl.replace(/crl$/, form) ?? '');
    await writeFile(path(`${name}.${extension}`), Buffer.from(await (await fetch(url)).arrayBuffer()));
  }
}

/** Two certificates are revoked when the base comes; since then a hold was released and another certificate revoked. */
beforeAll(async () => {
  postgres = await sharedTestPostgres();
  bench = await PublisherBench.open(postgres);
  const ca = await bench.addAuthority('a', { partitioned: true });
  await writeFile(path('ca.pem'), ca.certificatePem);
  for (const name of NAMES) {
    const certificate = await ca.issueWith([
      keyUsage('digitalSignature'),
      crlDistributionPoints(`${BASE_URL}/crl/a/partitions/13101.crl`),
    ]);
    serials.set(name, certificate.certificate.serialNumber);
    await writeFile(path(`${name}.pem`), certificate.certificatePem);
    await say(name);
  }
  await say('revoked', revoked());
  await say('held', revoked('certificateHold'));
  const profiles = bench.profiles({ all: { publicBaseUrl: BASE_URL, deltas: true }, authorities: {} });
  service = await bench.start(profiles);
  await eventually('the base', async () => {
    const crl = await newest(service, PARTITION);
    return crl?.scheduled && crl.entries === 2;
  });
  await eventually('the delta beside it', () => newest(service, { ...PARTITION, kind: 'delta' }));
  await download('base', PARTITION);
  await download('beside', { ...PARTITION, kind: 'delta' });
  await say('held');
  await say('late', revoked());
  await eventually('the delta', async () => (await newest(service, { ...PARTITION, kind: 'delta' }))?.entries === 2);
  await download('delta', { ...PARTITION, kind: 'delta' });
  await download('now', PARTITION);
  await download('whole', { authorityId: 'a' });
});
afterAll(async () => {
  await bench.close();
  await postgres.stop();
});

/** What `openssl verify` says of each certificate with these CRLs. */
const verdicts = (...crls: readonly string[]): Promise<readonly string[]> =>
  Promise.all(
    NAMES.map((name) =>
      openssl([
        'verify',
        ...VERIFY,
        path('ca.pem'),
        ...crls.flatMap((crl) => ['-CRLfile', path(`${crl}.pem`)]),
        path(`${name}.pem`),
      ]).then(
        () => 'good',
        (error: Error) => /error \d+ at \d+ depth lookup: (.*)/.exec(error.message)?.[1] ?? error.message,
      ),
    ),
  );

it('openssl checks by a partition, and by the delta to it', async () => {
  // The authority's own certificate is of no partition: the whole CRL says that it is good.
  const before = ['good', 'certificate revoked', 'certificate revoked', 'good'];
  const after = ['good', 'certificate revoked', 'good', 'certificate revoked'];
  expect(await verdicts('base', 'whole')).toEqual(before);
  expect(await verdicts('base', 'beside', 'whole')).toEqual(before);
  expect(await verdicts('base', 'delta', 'whole')).toEqual(after);
  expect(await verdicts('now', 'whole')).toEqual(after);
});

it('Go reads and verifies them', async () => {
  const program = path('parse-crl');
  const env = { ...process.env, GO111MODULE: 'off' };
  await run('go', ['build', '-o', program, join(TESTDATA, 'parse-crl.go')], { env });
  const seen = async (name: string) => JSON.parse((await run(program, [path('ca.pem'), path(`${name}.crl`)])).stdout);
  const [base, delta] = [await seen('base'), await seen('delta')];
  expect(base).toMatchObject({ Entries: 2, Reasons: { 1: 1, 6: 1 } });
  expect(base.Extensions).toEqual(['2.5.29.35', '2.5.29.20', '2.5.29.28 critical', '2.5.29.46']);
  expect(delta).toMatchObject({ Entries: 2, Reasons: { 1: 1, 8: 1 } });
  expect(delta.Extensions).toEqual(['2.5.29.35', '2.5.29.20', '2.5.29.28 critical', '2.5.29.27 critical']);
  expect(Number(delta.Number)).toBeGreaterThan(Number(base.Number));
});

/** What a CertPathValidator says of each certificate with these CRLs. */
async function validatorSays(program: readonly string[], crls: readonly string[]): Promise<readonly string[]> {
  const files = [crls.map((crl) => path(`${crl}.crl`)).join(','), ...NAMES.map((name) => path(`${name}.pem`))];
  const { stdout } = await run('java', ['-XX:TieredStopAtLevel=1', ...program, path('ca.pem'), ...files]);
  return stdout.trim().split('\n');
}

it("Java's CertPathValidator checks by a partition; a delta, which it knows nothing of, does not mislead it", async () => {
  const seen = (...crls: readonly string[]) => validatorSays([join(TESTDATA, 'CheckPath.java')], crls);
  const [withBase, withDelta, withNow] = [await seen('base'), await seen('base', 'delta'), await seen('now', 'delta')];
  expect(withBase).toEqual(['good', 'REVOKED', 'REVOKED', 'good']);
  expect(withDelta).toEqual(withBase);
  expect(withNow).toEqual(['good', 'REVOKED', 'good', 'REVOKED']);
}, 60_000);

it("Bouncy Castle's CertPathValidator checks by a partition and the delta to it", async () => {
  const program = ['--class-path', BOUNCY_CASTLE, join(TESTDATA, 'CheckPathWithDeltas.java')];
  const said = await validatorSays(program, ['base', 'delta']);
  const reasons = said.map((one) => one.replace(/^Certificate revocation after .*, reason: /, ''));
  expect(reasons).toEqual(['good', 'keyCompromise', 'good', 'keyCompromise']);
}, 60_000);
