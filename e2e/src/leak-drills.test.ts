import { createHash, createHmac, X509Certificate } from 'node:crypto';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { billingPeriodOf } from '@kakunin/calendar';
import { type EventRecord, USAGE_SEGMENTS } from '@kakunin/event-log';
import { decodeSegment, readSegmentEvent, type UsageEvent } from '@kakunin/usage';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { openEmbeddedEventLog } from './support/embedded-event-log.ts';
import { newFolder, type OneProcess, startOneProcess } from './support/one-process.ts';
import { askOpenssl } from './support/openssl-ocsp.ts';
import { kakunin, kakuninOk } from './support/processes.ts';

/** Leak drill 4 (docs/explanation/threat-model.md): logs and usage records of a platform provider's traffic leak. */
const folder = newFolder('leak');
const environment = { KAKUNIN_LOG_LEVEL: 'debug', KAKUNIN_BILLING_LEDGER_INTERVAL_SECONDS: '0.5' };
const AUTHORITY = 'user-authentication-g2';
const NAMES = ['user-authentication-valid', 'user-authentication-after-renewal'];
const SERVICE_PROVIDERS = ['sandbox-sp-a', 'sandbox-sp-b'];
const at = (path: string): string => join(folder, '.kakunin/sandbox', path);
let system: OneProcess;
let checked: readonly X509Certificate[];
let ppids: readonly string[];
/** Of the checks, as they lie on the event log; and the octets that they lie in. */
let records: readonly UsageEvent[];
let segments: readonly Buffer[];

beforeAll(async () => {
  system = await startOneProcess(folder, environment);
  checked = NAMES.map((name) => new X509Certificate(readFileSync(at(`certificates/${name}.pem`))));
  const issuer = at(`authorities/${AUTHORITY}/ca.pem`);
  for (const serviceProvider of SERVICE_PROVIDERS) {
    const url = `${system.profile.ocspUrl}/${serviceProvider}`;
    for (const { serialNumber } of checked) await askOpenssl({ url, issuer, serialNumbers: [serialNumber] });
  }
  ppids = [await identify('sandbox-sp-a'), await identify('sandbox-sp-b')];
  const sent = (await readSegments()).map(readSegmentEvent);
  segments = sent.map(({ octets }) => Buffer.from(octets));
  records = segments.flatMap((octets) => decodeSegment(octets).events);
});
afterAll(async () => {
  await system.process.stop();
  rmSync(folder, { recursive: true });
});

async function identify(serviceProvider: string): Promise<string> {
  const [name] = NAMES;
  const proof = ['--certificate', at(`certificates/${name}.pem`), '--key', at(`certificates/${name}.key.pem`)];
  return (await kakuninOk(folder, ['identify', ...proof, '--service-provider', serviceProvider])).trim();
}

/** Waits until every check is on the event log. */
async function readSegments(): Promise<readonly EventRecord[]> {
  const eventLog = await openEmbeddedEventLog(folder);
  const found: EventRecord[] = [];
  const subscription = await eventLog.subscribe({
    topics: [USAGE_SEGMENTS],
    start: { kind: 'positions', positions: [] },
    maxBatchSize: 100,
    onBatch: async (batch) => void found.push(...batch),
    onFault: () => undefined,
  });
  const count = (): number =>
    found.reduce((sum, each) => sum + decodeSegment(readSegmentEvent(each).octets).events.length, 0);
  await vi.waitFor(() => expect(count()).toBe(NAMES.length * SERVICE_PROVIDERS.length), { timeout: 60_000 });
  await subscription.close();
  await eventLog.close();
  return found;
}

/** What is written of a certificate, in the ways in which it might be. */
function writingsOf({ serialNumber, raw }: X509Certificate): readonly Buffer[] {
  const fingerprint = createHash('sha256').update(raw).digest();
  const serial = Buffer.from(serialNumber, 'hex');
  return [
    Buffer.from(serialNumber),
    Buffer.from(serialNumber.toLowerCase()),
    Buffer.from(BigInt(`0x${serialNumber}`).toString()),
    Buffer.from(serial.toString('base64')),
    serial,
    fingerprint,
    Buffer.from(fingerprint.toString('hex')),
    raw,
  ].filter(({ length }) => length >= 8);
}

it('our logs, at their most talkative, name no certificate and no person', () => {
  const log = Buffer.from(system.process.output());
  expect(log.includes('"level"')).toBe(true);
  for (const certificate of checked) {
    for (const writing of writingsOf(certificate)) expect(log.includes(writing)).toBe(false);
  }
  for (const ppid of ppids) expect(log.includes(ppid)).toBe(false);
});

it('nor does the journal, on its disk and on the event log', () => {
  const directory = join(folder, '.kakunin/ocsp-responder');
  const files = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.snapshot') && !entry.parentPath.includes('signers'))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name)));
  expect(files.length).toBeGreaterThan(0);
  for (const octets of [...files, ...segments]) {
    for (const writing of checked.flatMap(writingsOf)) expect(octets.includes(writing)).toBe(false);
  }
});

it('whoever has a list of serial numbers, and not the key, cannot tell which were checked', () => {
  const digests = new Set(records.map(({ certificateDigest }) => Buffer.from(certificateDigest).toString('hex')));
  for (const { serialNumber, raw } of checked) {
    const serial = Buffer.from(serialNumber, 'hex');
    for (const value of [serial, Buffer.from(serialNumber), Buffer.from(serialNumber.toLowerCase()), raw]) {
      const guesses = [
        createHash('sha256').update(value).digest(),
        createHash('sha256').update(AUTHORITY).update(value).digest(),
        createHmac('sha256', AUTHORITY).update(value).digest(),
        createHmac('sha256', Buffer.alloc(32)).update(AUTHORITY).update(value).digest(),
      ];
      for (const guess of guesses) expect(digests.has(guess.subarray(0, 16).toString('hex'))).toBe(false);
    }
  }
});

it('he learns who asked for whom, when and with what outcome', () => {
  expect(records.map(({ serviceProvider }) => serviceProvider).sort()).toEqual(
    SERVICE_PROVIDERS.flatMap((each) => NAMES.map(() => each)),
  );
  for (const { outcome, authorityId, time } of records) {
    expect([outcome, authorityId]).toEqual(['good', AUTHORITY]);
    expect(Math.abs(Date.now() - time)).toBeLessThan(600_000);
  }
});

it('and that it was the same certificate, across service providers, as long as the key lives', () => {
  const byDigest = Map.groupBy(records, ({ certificateDigest }) => Buffer.from(certificateDigest).toString('hex'));
  expect([...byDigest.values()].map((same) => same.map(({ serviceProvider }) => serviceProvider))).toEqual(
    NAMES.map(() => SERVICE_PROVIDERS),
  );
});

it('what is charged stands to the octet when the person is erased: export, records and ledger', async () => {
  const month = billingPeriodOf(Date.now());
  const ledger = () => kakunin(folder, ['ledger', 'verify']);
  const accounts = () =>
    Promise.all([
      kakuninOk(folder, ['billing', 'export', month, '--format', 'json']),
      kakuninOk(folder, ['billing', 'export', month, '--events', '--format', 'ndjson']),
      ledger(),
    ]);
  const complete = { status: 0, stdout: expect.stringMatching(/\b4\b/) as string };
  await expect.poll(ledger, { timeout: 60_000, interval: 500 }).toMatchObject(complete);
  const before = await accounts();
  expect(JSON.parse(before[0])).toMatchObject({ totals: { quantity: `${records.length}` } });
  const erased = await kakuninOk(folder, ['persons', 'erase', '--certificate', at(`certificates/${NAMES[0]}.pem`)]);
  expect(erased).toContain('"person_erased"');
  await expect(identify('sandbox-sp-a')).rejects.toThrow('not_identifiable');
  expect(await accounts()).toEqual(before);
});
