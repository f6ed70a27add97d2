import { mkdtemp, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { UsageError } from '@kakunin/usage';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FileUsageJournal } from './file-usage-journal.ts';
import type { FileUsageJournalInput } from './file-usage-journal.ts';
import { journalHealth } from './journal-health.ts';
import { BreakableFileSystem } from './testing/breakable-file-system.ts';
import type { Operation } from './testing/breakable-file-system.ts';
import { SegmentCollector } from './testing/segment-collector.ts';
import { usageEventOf } from './testing/usage-events.ts';

const logger = { error: vi.fn(), warn: vi.fn(), info: vi.fn() };
let directory: string;
let now: number;
let fileSystem: BreakableFileSystem;
let eventLog: SegmentCollector;
const open: FileUsageJournal[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'kakunin-journal-'));
  now = 1_800_000_000_000;
  fileSystem = new BreakableFileSystem();
  eventLog = new SegmentCollector();
});
afterEach(async () => {
  fileSystem.failing.clear();
  for (const journal of open.splice(0)) await journal.close();
  await rm(directory, { recursive: true });
});

async function start(options: Partial<FileUsageJournalInput> = {}): Promise<FileUsageJournal> {
  const journal = await FileUsageJournal.open({
    directory,
    eventLog,
    clock: { now: () => now },
    logger,
    fileSystem,
    sealAfterMilliseconds: 5,
    repairAfterMilliseconds: 5,
    ...options,
  });
  open.push(journal);
  return journal;
}
const close = async (journal: FileUsageJournal): Promise<void> => {
  open.splice(open.indexOf(journal), 1);
  await journal.close();
};
const event = (number: number) => usageEventOf(number, now);
const record = async (journal: FileUsageJournal, ...numbers: number[]): Promise<void> => {
  await Promise.all(numbers.map((number) => journal.record([event(number)])));
};
const range = (length: number): number[] => Array.from({ length }, (_, index) => index);
const lastSegment = async (): Promise<string> =>
  join(directory, '0', (await readdir(join(directory, '0'))).filter((name) => name.endsWith('.segment')).at(-1) ?? '');
const refusal = (recorded: Promise<void>): Promise<string> =>
  recorded.then(
    () => 'recorded',
    (error: unknown) => (error instanceof UsageError ? error.code : String(error)),
  );

describe('FileUsageJournal', () => {
  it('shares one sync among all that wait, and hands everything over once', async () => {
    const journal = await start();
    const before = fileSystem.syncs;
    await Promise.all(range(500).map((number) => record(journal, number)));
    expect(fileSystem.syncs - before).toBeLessThan(20);
    expect(journal.figures).toMatchObject({ records: 500, refusals: 0 });
    await close(journal);
    expect(eventLog.numbers).toEqual(range(500));
  });

  it('seals by age and by size, with sequences that have no gap, through restarts', async () => {
    for (const round of range(3)) {
      const journal = await start({ sealAfterOctets: 2_000, sealAfterMilliseconds: 60_000 });
      for (const number of range(50)) await record(journal, round * 50 + number);
      await close(journal);
      await close(await start());
    }
    expect(eventLog.numbers).toEqual(range(150));
    expect(eventLog.sequences.length).toBeGreaterThan(3);
    expect(eventLog.sequences).toEqual(range(eventLog.sequences.length).map((number) => BigInt(number + 1)));
    expect(new Set([...eventLog.segments.values()].map(({ producer }) => producer)).size).toBe(1);

    const journal = await start({ sealAfterMilliseconds: 1 });
    await record(journal, 150);
    await vi.waitFor(() => expect(eventLog.numbers).toHaveLength(151));
  });

  it('keeps what the event log does not take, and hands it over in order when it is back', async () => {
    eventLog.away = true;
    const journal = await start({ sealAfterMilliseconds: 1 });
    for (const number of range(5)) {
      await record(journal, number);
      await sleep(3);
    }
    expect(journalHealth(journal.directories).ok).toBe(true);
    expect(journal.directories.backlog.segments).toBeGreaterThan(0);
    await close(journal);
    eventLog.away = false;
    await start();
    await vi.waitFor(() => expect(eventLog.numbers).toEqual(range(5)));
    expect([...eventLog.segments.values()].map(({ sequence }) => sequence)).toEqual(eventLog.sequences);
  });

  it('belongs to one process', async () => {
    await start();
    await expect(start()).rejects.toMatchObject({ code: 'directory_in_use' });
  });
});

describe('a repeated request', () => {
  it('is recorded once while it is in flight, within the window, and after a restart', async () => {
    const first = await start();
    await Promise.all([record(first, 1), record(first, 1)]);
    await record(first, 1);
    expect(first.recentlyRecorded(event(1).requestDigest)).toBe(true);
    await close(first);
    now += 60_000;
    const second = await start();
    expect(second.recentlyRecorded(event(1).requestDigest)).toBe(true);
    await record(second, 1);
    await close(second);
    expect(eventLog.numbers).toEqual([1]);
    now += 1;
    const third = await start();
    expect(third.recentlyRecorded(event(1).requestDigest)).toBe(false);
    await record(third, 1);
    await close(third);
    expect(eventLog.numbers).toEqual([1, 1]);
  });

  it('with several answers is recorded with all of them', async () => {
    const journal = await start();
    await journal.record([event(1), event(1)]);
    await close(journal);
    expect(eventLog.numbers).toEqual([1, 1]);
  });

  it('of which a crash left the first answers only is recorded with the others', async () => {
    eventLog.away = true;
    const first = await start({ sealAfterMilliseconds: 60_000 });
    const events = [event(1), { ...event(2), requestDigest: event(1).requestDigest }];
    await first.record(events);
    await close(first);
    const segment = await lastSegment();
    await truncate(segment, (await stat(segment)).size - 1);
    eventLog.away = false;
    const second = await start();
    await second.record(events);
    await second.record(events);
    await close(second);
    expect(eventLog.numbers).toEqual([1, 2]);
  });

  it('is not known without a nonce', async () => {
    const journal = await start();
    const plain = { ...event(1), requestDigest: new Uint8Array(16) };
    await journal.record([plain]);
    await journal.record([plain]);
    await close(journal);
    expect(eventLog.numbers).toEqual([1, 1]);
  });

  it('is forgotten with its file when the window has passed', async () => {
    const journal = await start({ sealAfterMilliseconds: 1 });
    for (const number of range(4)) {
      await record(journal, number);
      await vi.waitFor(() => expect(eventLog.numbers).toHaveLength(number + 1));
      now += 50_000;
    }
    await close(journal);
    expect((await readdir(join(directory, '0'))).filter((name) => name.endsWith('.sent')).length).toBeLessThanOrEqual(
      3,
    );
  });
});

describe('a disk that refuses', () => {
  it.each<[Operation, string]>([
    ['write', 'ENOSPC'],
    ['write', 'EIO'],
    ['sync', 'EIO'],
  ])(
    'rejects everyone who waits when %s fails with %s, and recovers without losing or doubling',
    async (operation, code) => {
      const journal = await start({ sealAfterMilliseconds: 60_000 });
      await record(journal, 0, 1, 2);
      fileSystem.failing.set(operation, code);
      const refused = await Promise.all(range(20).map((number) => refusal(record(journal, 100 + number))));
      expect(new Set(refused)).toEqual(new Set(['journal_unavailable']));
      expect(await refusal(record(journal, 200))).toBe('journal_unavailable');
      expect(journal.recentlyRecorded(event(100).requestDigest)).toBe(false);
      expect(journalHealth(journal.directories)).toMatchObject({ ok: false, detail: expect.stringContaining(code) });
      fileSystem.failing.clear();
      await vi.waitFor(() => expect(journalHealth(journal.directories).ok).toBe(true));
      await record(journal, 3, 100);
      await close(journal);
      expect(eventLog.numbers).toEqual([0, 1, 2, 3, 100]);
      expect(eventLog.sequences).toEqual([1n, 2n]);
    },
  );

  it('stays away as long as its repair fails, at any step', async () => {
    const journal = await start({ sealAfterMilliseconds: 60_000 });
    await record(journal, 0);
    fileSystem.failing.set('sync', 'EIO');
    expect(await refusal(record(journal, 1))).toBe('journal_unavailable');
    for (const operation of ['truncate', 'open', 'write', 'sync'] as const) {
      fileSystem.failing.clear();
      fileSystem.failing.set(operation, 'EIO');
      await sleep(20);
      expect(await refusal(record(journal, 2))).toBe('journal_unavailable');
    }
    fileSystem.failing.clear();
    await vi.waitFor(() => expect(journal.fault).toBeUndefined());
    await record(journal, 3);
    await close(journal);
    expect(eventLog.numbers).toEqual([0, 3]);
  });

  it('that is full at the start does not keep the service from starting', async () => {
    await close(await start());
    fileSystem.failing.set('write', 'ENOSPC');
    const journal = await start();
    expect(await refusal(record(journal, 0))).toBe('journal_unavailable');
    fileSystem.failing.clear();
    await vi.waitFor(() => expect(journal.fault).toBeUndefined());
    await record(journal, 1);
    await close(journal);
    expect(eventLog.numbers).toEqual([1]);
    expect(eventLog.sequences).toEqual([1n]);
  });

  it('leaves no refused record behind when the process is killed before the repair', async () => {
    const journal = await start({ repairAfterMilliseconds: 60_000, sealAfterMilliseconds: 60_000 });
    await record(journal, 0);
    const { size } = await stat(await lastSegment());
    fileSystem.failing.set('sync', 'EIO');
    expect(await refusal(record(journal, 1))).toBe('journal_unavailable');
    expect((await stat(await lastSegment())).size).toBe(size);
  });

  it('leaves no refused record behind when the service stops before the repair', async () => {
    const journal = await start({ repairAfterMilliseconds: 60_000, sealAfterMilliseconds: 60_000 });
    await record(journal, 0);
    fileSystem.failing.set('sync', 'EIO');
    expect(await refusal(record(journal, 1))).toBe('journal_unavailable');
    fileSystem.failing.clear();
    await close(journal);
    await close(await start());
    expect(eventLog.numbers).toEqual([0]);
  });
});

describe('what an earlier process left', () => {
  it('is handed over without its torn tail', async () => {
    eventLog.away = true;
    const journal = await start({ sealAfterMilliseconds: 60_000 });
    for (const number of range(3)) await record(journal, number);
    await close(journal);
    await truncate(await lastSegment(), 150);
    eventLog.away = false;
    await close(await start());
    expect(eventLog.numbers).toEqual([0]);
  });

  it('is kept aside, and told loudly, when damage is where no crash leaves any', async () => {
    eventLog.away = true;
    const journal = await start({ sealAfterMilliseconds: 60_000 });
    await record(journal, 0, 1);
    await close(journal);
    const damaged = await lastSegment();
    const second = await start({ sealAfterMilliseconds: 60_000 });
    await record(second, 2);
    await close(second);
    await truncate(damaged, 150);
    eventLog.away = false;
    await close(await start());
    expect(eventLog.numbers).toEqual([0, 2]);
    expect(logger.error).toHaveBeenCalledWith(
      expect.objectContaining({ records: 1 }),
      expect.stringContaining('damaged'),
    );
    expect(await readdir(join(directory, '0'))).toContainEqual(expect.stringMatching(/\.damaged$/));
  });

  it('is not taken for another journal’s when its name is lost', async () => {
    const journal = await start();
    await record(journal, 0);
    await close(journal);
    await writeFile(join(directory, '0', 'producer'), 'x');
    await expect(start()).rejects.toMatchObject({ code: 'journal_damaged' });
  });
});
