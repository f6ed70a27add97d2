import { setTimeout as sleep } from 'node:timers/promises';
import { encodeUsageRecords } from '@kakunin/usage';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { journalHealth } from './journal-health.ts';
import { RequestClaims } from './request-claims.ts';
import { JournalFixture, range } from './testing/journal-fixture.ts';
import { requestDigestOf, usageEventOf } from './testing/usage-events.ts';

let fixture: JournalFixture;
beforeEach(async () => {
  fixture = await JournalFixture.create();
});
afterEach(() => fixture.dispose());

describe('a group', () => {
  it('shares one sync among all that wait', async () => {
    const journal = await fixture.start();
    const before = fixture.fileSystem.syncs;
    await fixture.record(journal, ...range(500));
    expect(fixture.fileSystem.syncs - before).toBeLessThan(5);
    expect(journal.writer.figures).toMatchObject({ records: 500, refusals: 0, repetitions: 0 });
    await fixture.close(journal);
    expect(fixture.eventLog.numbers).toEqual(range(500));
  });

  it('has room for as many as there are, in segments that the event log takes', async () => {
    const journal = await fixture.start();
    await fixture.record(journal, ...range(20_000));
    await fixture.close(journal);
    expect(fixture.eventLog.numbers).toEqual(range(20_000));
    expect(fixture.eventLog.largest).toBeLessThan(1_000_000);
    expect(fixture.eventLog.segments.size).toBeGreaterThan(1);
  });

  it('takes octets that change as soon as record returns', async () => {
    const journal = await fixture.start();
    const records = Buffer.alloc(200);
    const waits = range(50).map((number) => {
      const event = fixture.event(number);
      const length = encodeUsageRecords([event]).copy(records);
      const request = { records: records.subarray(0, length), count: 1, time: event.time, digest: undefined };
      return new Promise<void>((recorded, refused) =>
        journal.writer.record(request, { recorded: () => recorded(), refused }),
      );
    });
    await Promise.all(waits);
    await fixture.close(journal);
    expect(fixture.eventLog.numbers).toEqual(range(50));
  });

  it('refuses a request that no segment has room for', async () => {
    const journal = await fixture.start();
    const refused = vi.fn();
    const request = { records: Buffer.alloc(300_000), count: 3_000, time: fixture.now, digest: undefined };
    journal.writer.record(request, { recorded: vi.fn(), refused });
    expect(refused).toHaveBeenCalledWith(expect.objectContaining({ code: 'invalid_event' }));
  });
});

describe('a segment', () => {
  it('is sealed by age and by size, with sequences that have no gap, through restarts', async () => {
    const { eventLog } = fixture;
    for (const round of range(3)) {
      const journal = await fixture.start({ sealAfterOctets: 2_000, sealAfterMilliseconds: 60_000 });
      for (const number of range(50)) await fixture.record(journal, round * 50 + number);
      await fixture.close(journal);
      await fixture.close(await fixture.start());
    }
    expect(eventLog.numbers).toEqual(range(150));
    expect(eventLog.sequences.length).toBeGreaterThan(3);
    expect(eventLog.sequences).toEqual(range(eventLog.sequences.length).map((number) => BigInt(number + 1)));
    expect(new Set([...eventLog.segments.values()].map(({ producer }) => producer)).size).toBe(1);

    const journal = await fixture.start({ sealAfterMilliseconds: 1 });
    await fixture.record(journal, 150);
    await vi.waitFor(() => expect(eventLog.numbers).toHaveLength(151));
  });

  it('is kept while the event log does not take it, and handed over in order when it is back', async () => {
    fixture.eventLog.away = true;
    const journal = await fixture.start({ sealAfterMilliseconds: 1 });
    for (const number of range(5)) {
      await fixture.record(journal, number);
      await sleep(3);
    }
    expect(journal.directories.backlog).toMatchObject({ since: fixture.now });
    await fixture.close(journal);
    fixture.eventLog.away = false;
    await fixture.start();
    await vi.waitFor(() => expect(fixture.eventLog.numbers).toEqual(range(5)));
    expect([...fixture.eventLog.segments.values()].map(({ sequence }) => sequence)).toEqual(fixture.eventLog.sequences);
  });
});

describe('a repeated request', () => {
  it('is recorded once while it is in flight, within the window, and after a restart', async () => {
    const first = await fixture.start();
    await fixture.record(first, 1, 1, 1);
    await fixture.record(first, 1);
    expect(first.writer.figures).toMatchObject({ records: 1, repetitions: 3 });
    await fixture.close(first);
    fixture.now += 60_000;
    const second = await fixture.start();
    await fixture.record(second, 1);
    await fixture.close(second);
    expect(fixture.eventLog.numbers).toEqual([1]);
    fixture.now += 1;
    const third = await fixture.start();
    await fixture.record(third, 1);
    await fixture.close(third);
    expect(fixture.eventLog.numbers).toEqual([1, 1]);
  });

  it('is refused with the first when the disk refuses, and recorded when it is asked once more', async () => {
    const journal = await fixture.start();
    fixture.fileSystem.failing.set('sync', 'EIO');
    const outcomes = await Promise.all([fixture.outcome(journal, 1), fixture.outcome(journal, 1)]);
    expect(outcomes).toEqual(['journal_unavailable', 'journal_unavailable']);
    fixture.fileSystem.failing.clear();
    await vi.waitFor(() => expect(journal.writer.fault).toBeUndefined());
    await fixture.record(journal, 1);
    await fixture.close(journal);
    expect(fixture.eventLog.numbers).toEqual([1]);
  });

  it('with several answers is recorded with all of them', async () => {
    const journal = await fixture.start();
    const events = [fixture.event(1), usageEventOf(2, fixture.now, 1)];
    await journal.record(events);
    await journal.record(events);
    await fixture.close(journal);
    expect(fixture.eventLog.numbers).toEqual([1, 2]);
  });

  it('is not known without a nonce', async () => {
    const journal = await fixture.start();
    const plain = { ...fixture.event(1), requestDigest: new Uint8Array(16) };
    await journal.record([plain]);
    await journal.record([plain]);
    await fixture.close(journal);
    expect(fixture.eventLog.numbers).toEqual([1, 1]);
  });

  it('waits for another one whose claim it shares, and is told from it', async () => {
    const journal = await fixture.start();
    const digest = requestDigestOf(1).slice();
    digest[0]! ^= 1;
    const other = { ...fixture.event(2), requestDigest: digest };
    await Promise.all([fixture.record(journal, 1), journal.record([other])]);
    await fixture.close(journal);
    expect(fixture.eventLog.numbers).toEqual([1, 2]);
  });

  it('waits with octets of its own: those it came in may be used again', async () => {
    const journal = await fixture.start();
    const digest = Buffer.from(requestDigestOf(1));
    const other = Buffer.from(digest);
    other[0]! ^= 1;
    const octets = Buffer.alloc(200);
    const record = (number: number, requestDigest: Buffer): Promise<void> => {
      const event = { ...fixture.event(number), requestDigest };
      const records = octets.subarray(0, encodeUsageRecords([event]).copy(octets));
      const request = { records, count: 1, time: event.time, digest: requestDigest };
      return new Promise((recorded, refused) =>
        journal.writer.record(request, { recorded: () => recorded(), refused }),
      );
    };
    await Promise.all([record(1, digest), record(2, other), record(3, Buffer.from(requestDigestOf(3)))]);
    await fixture.close(journal);
    expect(fixture.eventLog.numbers).toEqual([1, 2, 3]);
  });

  it('is refused when whoever claims it does not let it go', async () => {
    const journal = await fixture.start({ patienceMilliseconds: 20 });
    const { claimant, retryWindow } = await journal.directories.prepare(1);
    const claims = new RequestClaims(retryWindow, claimant);
    claims.take(requestDigestOf(0), 0);
    expect(await fixture.outcome(journal, 0)).toBe('journal_unavailable');
    claims.release(requestDigestOf(0), 0);
    expect(await fixture.outcome(journal, 0)).toBe('recorded');
  });

  it('is forgotten with its file when the window has passed', async () => {
    const journal = await fixture.start({ sealAfterMilliseconds: 1 });
    for (const number of range(4)) {
      await fixture.record(journal, number);
      await vi.waitFor(() => expect(fixture.eventLog.numbers).toHaveLength(number + 1));
      fixture.now += 50_000;
    }
    await fixture.close(journal);
    expect((await fixture.files('.sent')).length).toBeLessThanOrEqual(3);
  });
});

it('a disk that hangs is no longer given anything, and is said to hang until it goes on', async () => {
  const journal = await fixture.start({ patienceMilliseconds: 25 });
  const { promise, resolve: goOn } = Promise.withResolvers<void>();
  fixture.fileSystem.hanging = promise;
  const waits = fixture.record(journal, 0);
  await vi.waitFor(() => expect(journalHealth(journal.directories).detail).toContain('hangs'));
  expect(await fixture.outcome(journal, 0)).toBe('journal_unavailable');
  expect(await fixture.outcome(journal, 1)).toBe('journal_unavailable');
  goOn();
  await waits;
  await vi.waitFor(() => expect(journalHealth(journal.directories).ok).toBe(true));
  await fixture.record(journal, 0, 1);
  await fixture.close(journal);
  expect(fixture.eventLog.numbers).toEqual(range(2));
});
