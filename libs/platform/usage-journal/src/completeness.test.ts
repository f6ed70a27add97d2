import { encodeSegment, recoverSegment } from '@kakunin/usage';
import type { UsageSegment } from '@kakunin/usage';
import { readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { untilIdleSeal } from './idle-seal.ts';
import { JournalFixture, range } from './testing/journal-fixture.ts';
import { usageEventOf } from './testing/usage-events.ts';

const HOUR = 3_600_000;
const MONTH_END = Date.parse('2026-12-01T00:00:00+09:00');
const never = { sealAfterMilliseconds: 60_000 };
let fixture: JournalFixture;
beforeEach(async () => {
  fixture = await JournalFixture.create();
});
afterEach(() => fixture.dispose());

const handedOver = (): UsageSegment[] =>
  [...fixture.eventLog.segments.values()].sort((one, other) => Number(one.sequence - other.sequence));

/** What finance rests on: nothing in a later segment is earlier than when one was sealed. */
function expectCompleteness(segments: readonly UsageSegment[]): void {
  let complete = 0;
  for (const { sealedAt = 0, events } of segments) {
    for (const { time } of events) expect(time).toBeGreaterThanOrEqual(complete);
    expect(sealedAt).toBeGreaterThanOrEqual(complete);
    complete = sealedAt;
  }
}

describe('a sealed segment', () => {
  it('says when', async () => {
    const journal = await fixture.start();
    await fixture.record(journal, 0);
    fixture.now += 70;
    await fixture.close(journal);
    expect(handedOver()).toMatchObject([{ sealedAt: fixture.now, sequence: 1n }]);
  });

  it('is sealed no later than what waits for the next one', async () => {
    let letGo = (): void => undefined;
    const journal = await fixture.start({ sealAfterOctets: 1 });
    fixture.fileSystem.hanging = new Promise((resolve) => (letGo = resolve));
    const first = fixture.record(journal, 0);
    await vi.waitFor(() => expect(journal.writer.figures.records).toBe(0));
    await new Promise((resolve) => setTimeout(resolve, 20));
    const second = fixture.record(journal, 1);
    const asked = fixture.now;
    fixture.now += HOUR;
    letGo();
    await Promise.all([first, second]);
    await fixture.close(journal);
    expect(handedOver()[0]).toMatchObject({ sealedAt: asked });
    expectCompleteness(handedOver());
  });

  it('is never contradicted, when the clock is set back by an hour over the end of a month', async () => {
    fixture.now = MONTH_END + 1_000;
    const ticks = [500, -HOUR, 500, 500, HOUR / 2, HOUR / 2, 500];
    let number = 0;
    for (const round of range(2)) {
      const journal = await fixture.start({ ...never, sealAfterOctets: 1 });
      for (const tick of ticks) {
        fixture.now += tick;
        const time = Math.max(fixture.now, journal.writer.earliestTime);
        await journal.record([usageEventOf(number++, time)]);
      }
      await fixture.close(journal);
      expect(handedOver().length).toBeGreaterThan((round + 1) * ticks.length - 1);
    }
    expectCompleteness(handedOver());
    expect(fixture.eventLog.numbers).toEqual(range(2 * ticks.length));
    for (const { events } of handedOver())
      for (const { time } of events) expect(time).toBeGreaterThanOrEqual(MONTH_END);
  });

  it('takes no record that contradicts it', async () => {
    const journal = await fixture.start();
    await fixture.record(journal, 0);
    await vi.waitFor(() => expect(journal.writer.earliestTime).toBe(fixture.now));
    await expect(journal.record([usageEventOf(1, fixture.now - 1)])).rejects.toMatchObject({ code: 'invalid_event' });
  });
});

describe('a journal that nothing is added to', () => {
  it('says now and then that it is complete up to now', async () => {
    const journal = await fixture.start({ ...never, idleSealMilliseconds: 10 });
    await vi.waitFor(() => expect(fixture.eventLog.segments.size).toBeGreaterThan(1));
    fixture.now += HOUR;
    await vi.waitFor(() => expect(handedOver().at(-1)?.sealedAt).toBe(fixture.now));
    await fixture.close(journal);
    expect(fixture.eventLog.sequences).toEqual(range(fixture.eventLog.segments.size).map((each) => BigInt(each + 1)));
  });

  it('says so when it is stopped', async () => {
    await fixture.close(await fixture.start(never));
    expect(handedOver()).toMatchObject([{ sequence: 1n, sealedAt: fixture.now, events: [] }]);
  });

  it('says so soon after the end of a month, however seldom otherwise', () => {
    expect(untilIdleSeal(MONTH_END - 5_000, 60_000)).toBe(6_000);
    expect(untilIdleSeal(MONTH_END, 60_000)).toBe(60_000);
    expect(untilIdleSeal(MONTH_END - HOUR, 60_000)).toBe(60_000);
  });

  it('says so without a worker, when fewer are wanted than before', async () => {
    const two = await fixture.start({ ...never, worker: 1 });
    await two.record([fixture.event(0)]);
    await fixture.close(two);
    const [{ producer = '' } = {}] = handedOver();
    const one = await fixture.start({ ...never, idleSealMilliseconds: 10 });
    fixture.now += HOUR;
    const ofTwo = (): UsageSegment[] => handedOver().filter((each) => each.producer === producer);
    await vi.waitFor(() => expect(ofTwo().at(-1)).toMatchObject({ sealedAt: fixture.now, events: [] }));
    await fixture.close(one);
    const again = await fixture.start({ ...never, worker: 1 });
    await again.record([fixture.event(1)]);
    await fixture.close(again);
    expect(ofTwo().map(({ sequence }) => sequence)).toEqual(range(ofTwo().length).map((each) => BigInt(each + 1)));
    expectCompleteness(ofTwo());
  });
});

describe('a journal without a worker', () => {
  it('is left alone once the directory is given back, however slow the disk is', async () => {
    await fixture.close(await fixture.start({ ...never, worker: 1 }));
    const journal = await fixture.start({ ...never, idleSealMilliseconds: 1 });
    fixture.fileSystem.hanging = sleep(30);
    const begun = fixture.fileSystem.syncs;
    await vi.waitFor(() => expect(fixture.fileSystem.syncs).toBeGreaterThan(begun));
    const closing = fixture.close(journal);
    await fixture.fileSystem.hanging;
    fixture.fileSystem.hanging = sleep(30);
    await closing;
    const written = fixture.fileSystem.syncs;
    await sleep(50);
    expect(fixture.fileSystem.syncs).toBe(written);
  });
});

describe('a segment that a crash left open', () => {
  /** Records while the event log is away. @returns path of the segment */
  async function leave(): Promise<string> {
    fixture.eventLog.away = true;
    const journal = await fixture.start(never);
    await fixture.record(journal, 0);
    await fixture.record(journal, 1);
    await fixture.close(journal);
    fixture.eventLog.away = false;
    return join(fixture.directory, '0', (await fixture.files('.segment'))[0] ?? '');
  }

  it('is sealed when it is recovered', async () => {
    const path = await leave();
    await truncate(path, (await readFile(path)).length - 1);
    fixture.now += HOUR;
    const { writer } = await fixture.start(never);
    await vi.waitFor(() => expect(fixture.eventLog.numbers).toEqual([0, 1]));
    expect(handedOver()[0]?.sealedAt).toBe(fixture.now);
    expect(writer.earliestTime).toBe(fixture.now);
  });

  it('is handed over as it is when it is of the first version', async () => {
    const path = await leave();
    const segment = recoverSegment(await readFile(path))?.segment;
    const { producer = '', sequence = 0n, events = [] } = segment ?? {};
    await writeFile(path, encodeSegment({ producer, sequence, events }));
    await fixture.start(never);
    await vi.waitFor(() => expect(fixture.eventLog.numbers).toEqual([0, 1]));
    expect(handedOver()[0]).not.toHaveProperty('sealedAt');
  });
});

describe('the events of a customer', () => {
  it('are numbered in each segment from 0 and without gaps, as they lie there', async () => {
    const told = new Map<string, number>();
    const journal = await fixture.start({ ...never, sealAfterOctets: 1_000 });
    const customers = ['pf-a', 'pf-b', 'pf-c'];
    for (const round of range(12)) {
      await Promise.all(
        range(7).map(async (each) => {
          const first = round * 100 + each * 10;
          const platformProvider = customers[(round + each) % 3]!;
          const events = range((each % 3) + 1).map((count) => ({
            ...usageEventOf(first + count, fixture.now, first),
            platformProvider,
          }));
          const place = await journal.record(events);
          events.forEach((_, count) =>
            told.set(`${platformProvider}/${place?.sequence}/${(place?.firstIndex ?? NaN) + count}`, first + count),
          );
        }),
      );
    }
    await fixture.close(journal);
    const counted = new Map<string, number>();
    for (const { sequence, events } of handedOver())
      for (const customer of customers)
        events
          .filter(({ platformProvider }) => platformProvider === customer)
          .forEach(({ certificateDigest }, index) =>
            counted.set(`${customer}/${sequence}/${index}`, Buffer.from(certificateDigest).readUInt32BE(0)),
          );
    expect(told).toEqual(counted);
    expect(handedOver().length).toBeGreaterThan(3);
  });

  it('have no numbers when they were recorded earlier', async () => {
    const journal = await fixture.start(never);
    const events = [1, 2, 3].map((number) => usageEventOf(number, fixture.now, 1));
    expect(await journal.record(events.slice(0, 2))).toEqual({ sequence: 1n, firstIndex: 0, known: 0 });
    expect(await journal.record(events.slice(0, 2))).toBeUndefined();
    expect(await journal.record(events)).toEqual({ sequence: 1n, firstIndex: 2, known: 2 });
  });
});
