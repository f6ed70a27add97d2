import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { journalHealth } from './journal-health.ts';
import type { Operation } from './testing/breakable-file-system.ts';
import { JournalFixture, range } from './testing/journal-fixture.ts';

const never = { sealAfterMilliseconds: 60_000 };
let fixture: JournalFixture;
beforeEach(async () => {
  fixture = await JournalFixture.create();
});
afterEach(() => fixture.dispose());

describe('a disk that refuses', () => {
  it.each<[Operation, string]>([
    ['write', 'ENOSPC'],
    ['write', 'EIO'],
    ['sync', 'EIO'],
  ])('refuses everyone who waits when %s fails with %s, and neither loses nor doubles', async (operation, code) => {
    const { fileSystem, eventLog } = fixture;
    const journal = await fixture.start(never);
    await fixture.record(journal, 0, 1, 2);
    fileSystem.failing.set(operation, code);
    const refused = await Promise.all(range(20).map((number) => fixture.outcome(journal, 100 + number)));
    expect(new Set(refused)).toEqual(new Set(['journal_unavailable']));
    expect(await fixture.outcome(journal, 200)).toBe('journal_unavailable');
    expect(journalHealth(journal.directories)).toMatchObject({ ok: false, detail: expect.stringContaining(code) });
    fileSystem.failing.clear();
    await vi.waitFor(() => expect(journalHealth(journal.directories).ok).toBe(true));
    await fixture.record(journal, 3, 100);
    await fixture.close(journal);
    expect(eventLog.numbers).toEqual([0, 1, 2, 3, 100]);
    expect(eventLog.sequences).toEqual([1n, 2n]);
  });

  it('stays away as long as its repair fails, at any step', async () => {
    const { fileSystem, eventLog } = fixture;
    const journal = await fixture.start(never);
    await fixture.record(journal, 0);
    fileSystem.failing.set('sync', 'EIO');
    expect(await fixture.outcome(journal, 1)).toBe('journal_unavailable');
    for (const operation of ['truncate', 'open', 'write', 'sync'] as const) {
      fileSystem.failing.clear();
      fileSystem.failing.set(operation, 'EIO');
      await sleep(20);
      expect(await fixture.outcome(journal, 2)).toBe('journal_unavailable');
    }
    fileSystem.failing.clear();
    await vi.waitFor(() => expect(journal.writer.fault).toBeUndefined());
    await fixture.record(journal, 3);
    await fixture.close(journal);
    expect(eventLog.numbers).toEqual([0, 3]);
  });

  it('that is full at the start does not keep the service from starting', async () => {
    await fixture.close(await fixture.start());
    fixture.fileSystem.failing.set('write', 'ENOSPC');
    const journal = await fixture.start();
    expect(await fixture.outcome(journal, 0)).toBe('journal_unavailable');
    fixture.fileSystem.failing.clear();
    await vi.waitFor(() => expect(journal.writer.fault).toBeUndefined());
    await fixture.record(journal, 1);
    await fixture.close(journal);
    expect(fixture.eventLog.numbers).toEqual([1]);
    expect(fixture.eventLog.sequences[0]).toBe(1n);
  });

  it('leaves no refused record behind when the process is killed before the repair', async () => {
    const journal = await fixture.start({ ...never, repairAfterMilliseconds: 60_000 });
    await fixture.record(journal, 0);
    const { size } = await stat(await fixture.lastSegment());
    fixture.fileSystem.failing.set('sync', 'EIO');
    expect(await fixture.outcome(journal, 1)).toBe('journal_unavailable');
    expect((await stat(await fixture.lastSegment())).size).toBe(size);
  });

  it('leaves no refused record behind when the service stops before the repair', async () => {
    const journal = await fixture.start({ ...never, repairAfterMilliseconds: 60_000 });
    await fixture.record(journal, 0);
    fixture.fileSystem.failing.set('sync', 'EIO');
    expect(await fixture.outcome(journal, 1)).toBe('journal_unavailable');
    fixture.fileSystem.failing.clear();
    await fixture.close(journal);
    await fixture.close(await fixture.start());
    expect(fixture.eventLog.numbers).toEqual([0]);
  });
});

describe('closing', () => {
  it('records what was taken, whatever waits, and refuses what comes after', async () => {
    const journal = await fixture.start(never);
    const waits = range(3_000).map((number) => fixture.outcome(journal, number % 2_000));
    const closed = Promise.all([journal.writer.close(), fixture.close(journal)]);
    expect(await fixture.outcome(journal, 5_000)).toBe('journal_unavailable');
    await closed;
    expect(new Set(await Promise.all(waits))).toEqual(new Set(['recorded']));
    expect(fixture.eventLog.numbers).toEqual(range(2_000));
  });
});
