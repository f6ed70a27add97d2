import { createHash, randomBytes } from 'node:crypto';
import type { ListedCertificate } from '@kakunin/crl';
import { recordKeyOf } from '@kakunin/evidence';
import { createTestCa, InMemoryObjectStore, type TestCa } from '@kakunin/testing';
import { type CrlDescriptor, crlKey } from '@kakunin/publication';
import { beforeAll, describe, expect, it } from 'vitest';
import { entryOf, HOUR, SimulatedSeries } from './testing/simulated-series.ts';

const START = Date.UTC(2026, 0, 1);
const A_YEAR = 365 * 24 * HOUR;

let ca: TestCa;
beforeAll(async () => {
  ca = await createTestCa();
});

async function sha256(content: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of content) hash.update(piece);
  return hash.digest('hex');
}

const rebuilt = (series: SimulatedSeries, { crlNumber }: CrlDescriptor): Promise<string> =>
  sha256(series.archive.records.rebuild(crlKey(series.series, crlNumber)));

/** Revocations, holds that are released, and certificates that expire, as they come in. */
function nextEntries(entries: readonly ListedCertificate[], step: number, at: number): ListedCertificate[] {
  const kept = entries.filter(({ reason }, index) => reason !== 'certificateHold' && (index + step * 31) % 997 !== 0);
  const serials = [step * 3, 9_000 + ((step * 7_919) % 90_000)];
  const reason = step % 5 === 0 ? ('certificateHold' as const) : undefined;
  const all = new Map(kept.map((entry) => [Buffer.from(entry.serialNumber).readUInt32BE(), entry]));
  for (const serial of serials) all.set(0x40000000 + serial, entryOf(serial, at - (at % 1_000), reason));
  return [...all].sort(([one], [other]) => one - other).map(([, entry]) => entry);
}

describe('the archive', () => {
  it('makes every CRL of a year again, bit for bit, without its file', async () => {
    const store = new InMemoryObjectStore();
    const series = new SimulatedSeries(store, ca);
    let entries: ListedCertificate[] = Array.from({ length: 400 }, (_, index) => entryOf(index * 130, START));
    const crls: CrlDescriptor[] = [];
    for (let step = 0, at = START; at < START + A_YEAR; at += 24 * HOUR, step += 1) {
      entries = nextEntries(entries, step, at);
      crls.push(await series.publish(entries, at));
      await store.remove(...(crls.length > 1 ? [crlKey(series.series, crls.at(-2)!.crlNumber)] : []));
    }
    for (const crl of crls) expect(await rebuilt(series, crl)).toBe(crl.sha256);
    let kept = 0;
    for await (const { bytes } of store.list('evidence/')) kept += bytes;
    const whole = crls.reduce((sum, { bytes }) => sum + bytes, 0);
    console.log(
      `${crls.length} CRLs of a year: ${whole} octets, their records ${kept} (1 : ${Math.round(whole / kept)})`,
    );
    expect(kept).toBeLessThan(whole / 10);
  }, 120_000);

  it('finds the CRL of any moment, and none before the first', async () => {
    const series = new SimulatedSeries(new InMemoryObjectStore(), ca);
    for (let step = 0; step < 70; step++) await series.publish([entryOf(step, START)], START + step * HOUR);
    for (let step = 0; step < 70; step++) {
      for (const at of [START + step * HOUR, START + (step + 1) * HOUR - 1]) {
        const found = await series.archive.inForce(series.series, at);
        expect(found?.crl.crlNumber).toBe(BigInt(step + 1));
      }
    }
    expect(await series.archive.inForce(series.series, START - 1)).toBeUndefined();
    expect(await series.archive.inForce({ authorityId: 'b' }, START)).toBeUndefined();
  });

  it('keeps the order of publication when the clock is set back', async () => {
    const series = new SimulatedSeries(new InMemoryObjectStore(), ca);
    await series.publish([], START);
    await series.publish([entryOf(1, START)], START - HOUR);
    const found = await series.archive.inForce(series.series, START);
    expect(found?.crl.crlNumber).toBe(2n);
    expect(await series.archive.inForce(series.series, START - 1)).toBeUndefined();
  });

  it('makes again whatever comes after a great change: all gone, all new, all gone', async () => {
    const series = new SimulatedSeries(new InMemoryObjectStore(), ca);
    const many = Array.from({ length: 3_000 }, (_, index) => entryOf(index, START));
    const states = [many, [], many.slice(1_000), [entryOf(5, START)], [...many, entryOf(4_000, START)], many];
    const crls: CrlDescriptor[] = [];
    for (let step = 0; step < 40; step++) crls.push(await series.publish(states[step % 6]!, START + step * HOUR));
    for (const crl of crls) expect(await rebuilt(series, crl)).toBe(crl.sha256);
  });

  it("takes little of a nation's publications: an average partition, in its changes and as a whole", async () => {
    const store = new InMemoryObjectStore();
    const series = new SimulatedSeries(store, ca, { authorityId: 'a', partition: '13101' });
    const sizes: { record: number; file: number }[] = [];
    let entries = Array.from({ length: ENTRIES }, () => sealedEntry(START)).sort(bySerial);
    for (let step = 0; step < 9; step++) {
      const { bytes, crlNumber } = await series.publish(entries, START + step * HOUR);
      const record = await store.open(recordKeyOf(crlKey(series.series, crlNumber)));
      sizes.push({ record: record!.bytes, file: bytes });
      entries = [...entries.slice(1), sealedEntry(START + step * HOUR)].sort(bySerial);
    }
    const [whole, ...changes] = sizes;
    // Of nine records, one holds the changes of one publication, the others of one, two, four or eight.
    const changed = changes.reduce((sum, { record }) => sum + record, 0) / changes.length;
    const each = changed + whole!.record / 512;
    const PARTITIONS = 2 * 1_890;
    const tell = (what: string, aYear: number): void => {
      const [records, files] = [aYear * PARTITIONS * each, aYear * PARTITIONS * whole!.file];
      console.log(
        `${what}: ${(records / 1e9).toFixed(1)} GB a year of records, ${(files / 1e12).toFixed(1)} TB of files`,
      );
    };
    console.log(
      `a record of changes ${Math.round(changed)} octets, a whole one ${whole!.record}, a file ${whole!.file}`,
    );
    tell('3,780 partitions, daily', 365);
    tell('3,780 partitions, hourly and after each of 105,000 revocations a day', 365 * (24 + 105_000 / PARTITIONS));
    expect(each).toBeLessThan(whole!.file / 200);
  });
});

/** 35 million entries over 3,780 partitions (the load model), with serial numbers that look random. */
const ENTRIES = 9_260;
const sealedEntry = (revocationDate: number): ListedCertificate => {
  const serialNumber = randomBytes(16);
  serialNumber[0] = 0x40 | (serialNumber[0]! & 0x3f);
  const date = revocationDate - Math.floor(Math.random() * 1_000) * 86_400_000;
  return { serialNumber, revocationDate: date, reason: 'superseded' };
};
const bySerial = (one: ListedCertificate, other: ListedCertificate): number =>
  Buffer.compare(one.serialNumber, other.serialNumber);
