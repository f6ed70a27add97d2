import { createHash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IndexLine, OpensslCa } from '@kakunin/testing/openssl-ca';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { chargedChecks, exportMonth } from './support/billing.ts';
import { newFolder, type OneProcess, startOneProcess } from './support/one-process.ts';
import { revokedSerials } from './support/openssl-crl.ts';
import { askOpenssl } from './support/openssl-ocsp.ts';
import { AUTHORITY_ID, prepareAuthority, PROVIDER, register, SERVICE_PROVIDER } from './support/private-authority.ts';
import { kakunin } from './support/processes.ts';
import { RetryingChecker } from './support/retrying-checker.ts';

/** The story of an authority that is not ours: made by OpenSSL, imported, asked, charged, published; and a kill -9. */
const LINES = 100_000;
const ASKED = 1_000;
/** Serial numbers in one OCSP request; the responder allows 16. */
const TOGETHER = 10;
const CHECKS_BEFORE_KILL = 1_000;
const CHECKS = 2_000;
const CALLERS = 16;
const DAY = 86_400_000;
const REASONS = [
  {},
  { reason: 'keyCompromise' },
  { reason: 'superseded' },
  { reason: 'cessationOfOperation' },
] as const;

const folder = newFolder('openssl');
const environment = { KAKUNIN_SANDBOX: 'off', KAKUNIN_OCSP_PLAIN_CALLER: PROVIDER, KAKUNIN_LOG_LEVEL: 'error' };
const lines = population(LINES, Date.now());
let authority: OpensslCa;
let system: OneProcess;

beforeAll(async () => {
  const kakuninFolder = join(folder, '.kakunin');
  const signers = {
    ocsp: join(kakuninFolder, 'ocsp-responder/signers'),
    crl: join(kakuninFolder, 'crl-publisher/signers'),
  };
  authority = await prepareAuthority(folder, signers);
  system = await startOneProcess(folder, environment);
  await register(folder, authority);
});
afterAll(async () => {
  await system.process.stop();
  rmSync(folder, { recursive: true });
});

it('imports 100,000 lines of index.txt, and names the one that is broken', async () => {
  const file = join(folder, 'index.txt');
  await authority.enter(lines.map(({ entry }) => entry));
  const index = readFileSync(authority.indexFile, 'utf8').split('\n');
  // Where openssl put the responder's own certificate, and ours after it, one line is spoilt.
  writeFileSync(file, index.toSpliced(4_999, 0, 'V\tnot a date\t\t01\tunknown\t/CN=broken').join('\n'));
  const { status, stdout } = await kakunin(folder, [
    'certificates',
    'import',
    '--authority',
    AUTHORITY_ID,
    '--format',
    'index.txt',
    '-o',
    'json',
    file,
  ]);
  const summary = JSON.parse(stdout);
  // With the certificate of the responder, which openssl issued and entered.
  expect(summary).toMatchObject({ imported: LINES + 1, rejected: 1 });
  expect(summary.errors).toEqual([{ line: 5_000, reason: expect.stringMatching(/\w/) }]);
  expect(status).toBe(1);
});

it('answers 1,000 random certificates as the index says, to the real openssl', async () => {
  const url = `${system.profile.ocspUrl}/${SERVICE_PROVIDER}`;
  const asked = sample(ASKED);
  await answeredWithin(url, lines[LINES - 1]!);
  const before = await settledCharges();
  for (let start = 0; start < asked.length; start += TOGETHER) {
    const group = asked.slice(start, start + TOGETHER);
    const answers = await askOpenssl({
      url,
      issuer: authority.certificateFile,
      serialNumbers: group.map(({ serialNumber }) => serialNumber),
    });
    for (const { serialNumber, status } of group) expect(answers.get(serialNumber)).toBe(status);
  }
  await expect.poll(() => chargedChecks(folder), { timeout: 10_000 }).toBe(before + ASKED);
  const { statements } = await exportMonth(folder);
  const line = statements
    .flatMap((statement) => statement.lines)
    .find(({ serviceProvider }) => serviceProvider === SERVICE_PROVIDER);
  expect(line).toMatchObject({ customer: PROVIDER, certificateClass: 'signature', unitPrice: '20' });
  expect(BigInt(line!.listAmount)).toBe(BigInt(line!.quantity) * 20n);
  expect(BigInt(line!.listAmount) + BigInt(line!.waiverAmount)).toBe(BigInt(line!.amountDue));
});

it('publishes a CRL that is exactly the revoked set of the index', async () => {
  const revoked = lines.filter(({ status }) => status === 'revoked').map(({ serialNumber }) => serialNumber);
  const published = {
    url: `${system.profile.crlUrl}/${AUTHORITY_ID}.crl`,
    authorityFile: authority.certificateFile,
    folder,
  };
  await expect.poll(() => revokedSerials(published), { timeout: 30_000, interval: 500 }).toEqual(new Set(revoked));
});

it('charges what it answers, through a kill -9 in the middle of 2,000 checks', async () => {
  const before = await settledCharges();
  const checker = new RetryingChecker(`${system.profile.ocspUrl}/${SERVICE_PROVIDER}`, authority.certificateFile);
  const todo = sample(CHECKS);
  let answered = 0;
  let reachedMiddle: () => void;
  const middle = new Promise<void>((resolve) => (reachedMiddle = resolve));
  const callers = Array.from({ length: CALLERS }, async () => {
    for (let line = todo.pop(); line; line = todo.pop()) {
      expect(await checker.check(line.serialNumber)).toBe(line.status);
      answered += 1;
      if (answered === CHECKS_BEFORE_KILL) reachedMiddle();
    }
  });
  await middle;
  await system.process.stop('SIGKILL');
  system = await startOneProcess(folder, environment);
  checker.url = `${system.profile.ocspUrl}/${SERVICE_PROVIDER}`;
  await Promise.all(callers);
  expect(answered).toBe(CHECKS);
  await expect.poll(() => chargedChecks(folder), { timeout: 15_000 }).toBe(before + CHECKS);
  // Nothing more arrives late.
  expect(await settledCharges()).toBe(before + CHECKS);
});

interface Line {
  readonly serialNumber: string;
  readonly status: 'good' | 'revoked';
  readonly entry: IndexLine;
}

/** Random-looking serial numbers of 16 octets, one in ten revoked; the same ones at every run. */
function population(count: number, now: number): readonly Line[] {
  return Array.from({ length: count }, (_, n) => {
    const serialNumber = `4${createHash('sha256').update(`e2e ${n}`).digest('hex').slice(1, 32)}`;
    const status = n % 10 === 3 ? 'revoked' : 'good';
    const revoked = { at: now - (1 + (n % 300)) * DAY, ...REASONS[n % REASONS.length] };
    const notAfter = now + (1 + (n % 1_500)) * DAY;
    const entry = { serialNumber: serialNumber.toUpperCase(), notAfter, ...(status === 'revoked' && { revoked }) };
    return { serialNumber, status, entry };
  });
}

/** Evenly spread over the index, without repetition: what is asked depends on no chance. */
const sample = (count: number): Line[] => {
  const step = Math.floor(LINES / count);
  return Array.from({ length: count }, (_, n) => lines[n * step + ((n * 7) % step)]!);
};

async function answeredWithin(url: string, { serialNumber, status }: Line): Promise<void> {
  const ask = async (): Promise<string | undefined> =>
    (await askOpenssl({ url, issuer: authority.certificateFile, serialNumbers: [serialNumber] })).get(serialNumber);
  await expect.poll(ask, { timeout: 30_000, interval: 250 }).toBe(status);
}

/** The charges once they have not moved for longer than a segment stays open. */
async function settledCharges(): Promise<number> {
  for (let charges = await chargedChecks(folder); ;) {
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    const now = await chargedChecks(folder);
    if (now === charges) return now;
    charges = now;
  }
}
