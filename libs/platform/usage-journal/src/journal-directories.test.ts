import { mkdir, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { journalHealth } from './journal-health.ts';
import { JournalFixture, range } from './testing/journal-fixture.ts';
import { openWriter, recordWith } from './testing/journal-in-one-thread.ts';

const never = { sealAfterMilliseconds: 60_000 };
let fixture: JournalFixture;
beforeEach(async () => {
  fixture = await JournalFixture.create();
});
afterEach(() => fixture.dispose());

it('belong to one process', async () => {
  await fixture.start();
  await expect(fixture.start()).rejects.toMatchObject({ code: 'directory_in_use' });
});

it('of workers that are no longer wanted are handed over, and their requests remembered', async () => {
  fixture.eventLog.away = true;
  for (const worker of [0, 1, 2]) {
    const journal = await fixture.start({ ...never, worker });
    await fixture.record(journal, worker);
    await fixture.close(journal);
  }
  fixture.eventLog.away = false;
  const journal = await fixture.start();
  await fixture.record(journal, 0, 1, 2, 3);
  await fixture.close(journal);
  expect(fixture.eventLog.numbers).toEqual(range(4));
  expect(new Set([...fixture.eventLog.segments.values()].map(({ producer }) => producer)).size).toBe(3);
});

it('of a version before there were workers are handed over, and no record is added to them', async () => {
  fixture.eventLog.away = true;
  const earlier = await fixture.start(never);
  await fixture.record(earlier, 0);
  await fixture.close(earlier);
  for (const name of await readdir(join(fixture.directory, '0')))
    await rename(join(fixture.directory, '0', name), join(fixture.directory, name));
  fixture.eventLog.away = false;
  for (const round of [1, 2]) {
    const journal = await fixture.start();
    await fixture.record(journal, 0, round);
    await fixture.close(journal);
  }
  expect(fixture.eventLog.numbers).toEqual(range(3));
  const counts = [...fixture.eventLog.segments.values()].map(({ producer, events }) => [producer, events.length]);
  const [[flat] = []] = counts;
  expect(counts.filter(([producer]) => producer === flat).map(([, count]) => count)).toEqual([1, 0, 0]);
});

it('remember what is recent, however much lies beside it that is old', async () => {
  fixture.eventLog.away = true;
  const recent = range(100);
  const journal = await fixture.start({ ...never, worker: 1 });
  await fixture.record(journal, ...recent);
  await fixture.close(journal);
  fixture.now -= 600_000;
  for (const worker of [0, 2]) {
    const backlog = await fixture.start({ ...never, worker });
    await fixture.record(backlog, ...range(4_000).map((number) => 1_000 + 20_000 * worker + number));
    await fixture.close(backlog);
  }
  fixture.now += 600_000;
  const { writer } = await fixture.start({ ...never, worker: 1 });
  await Promise.all(recent.map((number) => recordWith(writer, [fixture.event(number)])));
  expect(writer.figures).toMatchObject({ records: 0, repetitions: 100 });
});

it('know a retry again after the clock was set back by more than the retry window', async () => {
  const before = await fixture.start(never);
  await fixture.record(before, 0);
  await fixture.close(before);
  fixture.now -= 3_600_000;
  const { writer } = await fixture.start(never);
  await recordWith(writer, [{ ...fixture.event(0), time: writer.earliestTime }]);
  expect(writer.figures).toMatchObject({ records: 0, repetitions: 1 });
});

it('leave alone what is not theirs', async () => {
  await mkdir(join(fixture.directory, 'lost+found'));
  const journal = await fixture.start();
  await fixture.record(journal, 0);
  await fixture.close(journal);
  expect(await readdir(fixture.directory)).toEqual(['0', 'lost+found']);
});

describe('a worker that was replaced', () => {
  it('goes on with the numbers that follow, and what it did not tell is handed over', async () => {
    const { directories, writer } = await fixture.start(never);
    // Ends without a word: nothing is sealed.
    await recordWith(writer, [fixture.event(0)]);
    const second = await openWriter(directories, { ...never, clock: fixture.clock });
    await recordWith(second, [fixture.event(0)]);
    await recordWith(second, [fixture.event(1)]);
    await second.close();
    await vi.waitFor(() => expect(fixture.eventLog.numbers).toEqual([0, 1]));
    expect(fixture.eventLog.sequences).toEqual([1n, 2n]);
  });

  it('is heard no more: what its predecessor told late changes nothing', async () => {
    const { directories, writer } = await fixture.start(never);
    await recordWith(writer, [fixture.event(0)]);
    await directories.prepare(0);
    directories.sealed(0, { sequence: 1n, count: 1, sealedAt: fixture.now });
    await vi.waitFor(() => expect(directories.backlog.segments).toBe(0));
    expect(fixture.eventLog.sequences).toEqual([1n]);
    expect(fixture.logger.warn).not.toHaveBeenCalled();
  });

  it('leaves its figures in the sums, and its fault behind', async () => {
    const { directories } = await fixture.start();
    const { reports } = directories;
    reports.fault(0, 'it is full');
    reports.figures(0, { records: 5, syncs: 2, refusals: 1, repetitions: 0 });
    expect(journalHealth(directories)).toEqual({ ok: false, detail: 'it is full' });
    expect(fixture.logger.error).toHaveBeenCalledTimes(1);
    await directories.prepare(0);
    await directories.prepare(1);
    reports.figures(0, { records: 1, syncs: 1, refusals: 0, repetitions: 0 });
    reports.figures(1, { records: 10, syncs: 1, refusals: 0, repetitions: 3 });
    expect(reports.total).toEqual({ records: 16, syncs: 4, refusals: 1, repetitions: 3 });
    expect(journalHealth(directories).ok).toBe(true);
  });
});
