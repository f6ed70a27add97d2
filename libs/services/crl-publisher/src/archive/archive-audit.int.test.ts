import { copyFileSync, cpSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { recordKeyOf } from '@kakunin/evidence';
import { DirectoryObjectStore } from '@kakunin/object-store';
import { crlKey } from '@kakunin/publication';
import { createTestCa, type TestCa } from '@kakunin/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ArchiveAudit } from './archive-audit.ts';
import { ArchivedCrls } from './archived-crls.ts';
import type { AuditFinding, AuditSummary } from './audit-finding.ts';
import { entryOf, HOUR, SimulatedSeries } from './testing/simulated-series.ts';

const START = Date.UTC(2026, 0, 1);

let ca: TestCa;
let sound: string;
beforeAll(async () => {
  ca = await createTestCa();
  sound = mkdtempSync(join(tmpdir(), 'kakunin-audit-'));
  const published = new SimulatedSeries(await DirectoryObjectStore.at(sound), ca);
  for (let step = 0; step < 9; step++) {
    const entries = Array.from({ length: 20 + step }, (_, index) => entryOf(index * 3, START));
    await published.publish(entries, START + step * HOUR);
  }
  await published.published.updateManifest([published.series]);
});
afterAll(() => rmSync(sound, { recursive: true }));

let directory: string;
let series: SimulatedSeries;
let audit: ArchiveAudit;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'kakunin-audit-'));
  cpSync(sound, directory, { recursive: true, verbatimSymlinks: true });
  const store = await DirectoryObjectStore.at(directory);
  series = new SimulatedSeries(store, ca);
  audit = new ArchiveAudit({ store, archive: series.archive, archived: new ArchivedCrls(series.archive) });
});
afterEach(() => rmSync(directory, { recursive: true }));

const crl = (number: number): string => crlKey(series.series, BigInt(number));
const recordFile = (number: number): string => join(directory, recordKeyOf(crl(number)));

async function run(authority = ca): Promise<{ findings: readonly string[]; summary: AuditSummary }> {
  const all: (AuditFinding | AuditSummary)[] = [];
  for await (const one of audit.run('a', authority.certificate)) all.push(one);
  const summary = all.pop() as AuditSummary;
  const findings = (all as AuditFinding[]).map(({ finding, key }) => `${finding} ${key.replace('crl/a/', '')}`);
  expect(summary.faults).toBe(findings.filter((one) => !one.startsWith('record_unlinked')).length);
  return { findings, summary };
}

describe('an audit', () => {
  it('finds nothing where nothing is wrong, and names the newest record', async () => {
    const { findings, summary } = await run();
    expect(findings).toEqual([]);
    expect(summary).toMatchObject({ records: 9, series: 1, faults: 0 });
    const sha256 = await series.archive.records.sha256(crl(9));
    expect(summary.heads).toEqual({ 'crl/a.crl': sha256 });
  });

  it('says which record is gone, and goes on with the older ones', async () => {
    rmSync(recordFile(4));
    const { findings, summary } = await run();
    // Of 5, the changes are to 4; 6 and later lead around it.
    expect(findings).toEqual(['record_missing 4.crl']);
    expect(summary.records).toBe(8);
    rmSync(recordFile(1));
    expect((await run()).findings).toContain('record_missing 1.crl');
  });

  it('says which record was cut short', async () => {
    truncateSync(recordFile(6), 100);
    expect((await run()).findings).toContain('record_damaged 6.crl');
  });

  it('finds an altered octet wherever it is', async () => {
    const octets = readFileSync(recordFile(7));
    for (const at of [0, 20, Math.floor(octets.length / 2), octets.length - 1]) {
      const altered = Buffer.from(octets);
      altered[at]! ^= 1;
      writeFileSync(recordFile(7), altered);
      expect((await run()).findings.length).toBeGreaterThan(0);
    }
  });

  it('finds two records that changed places, and one that took the place of another', async () => {
    const [third, fourth] = [readFileSync(recordFile(3)), readFileSync(recordFile(4))];
    writeFileSync(recordFile(3), fourth);
    writeFileSync(recordFile(4), third);
    expect((await run()).findings).toEqual(expect.arrayContaining(['record_damaged 3.crl', 'record_damaged 4.crl']));
    writeFileSync(recordFile(3), third);
    copyFileSync(recordFile(3), recordFile(4));
    expect((await run()).findings).toContain('record_damaged 4.crl');
  });

  it('finds a record that was written anew, though it is sound in itself', async () => {
    const at = await series.published.at(crl(2));
    rmSync(recordFile(2));
    await series.archive.append(at!, (await series.published.at(crl(1)))!, { isLate: true });
    expect((await run()).findings).toEqual(['record_altered 2.crl']);
  });

  it('finds that the newest were taken away', async () => {
    rmSync(recordFile(9));
    rmSync(recordFile(8));
    expect((await run()).findings).toContain('record_missing 9.crl');
    expect((await run()).summary.heads).toEqual({});
  });

  it('looks at the published files, too', async () => {
    writeFileSync(join(directory, crl(5)), 'another');
    rmSync(join(directory, crl(9)));
    expect((await run()).findings).toEqual(['file_missing 9.crl', 'file_altered 5.crl']);
  });

  it('asks whose signature it is', async () => {
    const { findings } = await run(await createTestCa());
    expect(findings).toHaveLength(9);
    expect(findings[0]).toBe('signature_wrong 9.crl');
  });

  it('tells of a record that led nowhere, which is no fault', async () => {
    const store = await DirectoryObjectStore.at(directory);
    const other = new SimulatedSeries(store, ca);
    other.newest = await series.published.newest(series.series);
    // Published by another that lost the race: nothing points at it.
    await other.publish([], START + 20 * HOUR);
    await store.point('crl/a.crl', crl(9));
    const { findings, summary } = await run();
    expect(findings).toEqual(['record_unlinked 10.crl']);
    expect(summary.faults).toBe(0);
  });
});
