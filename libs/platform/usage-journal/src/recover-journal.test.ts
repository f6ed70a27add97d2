import { readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { JournalFixture, range } from './testing/journal-fixture.ts';
import { usageEventOf } from './testing/usage-events.ts';

const never = { sealAfterMilliseconds: 60_000 };
let fixture: JournalFixture;
beforeEach(async () => {
  fixture = await JournalFixture.create();
});
afterEach(() => fixture.dispose());

/** Records while the event log is away, which keeps the segment. @returns its path */
async function leave(...numbers: number[]): Promise<string> {
  fixture.eventLog.away = true;
  const journal = await fixture.start(never);
  for (const number of numbers) await fixture.record(journal, number);
  await fixture.close(journal);
  fixture.eventLog.away = false;
  return fixture.lastSegment();
}

it('hands over what is whole, without the torn tail', async () => {
  await truncate(await leave(...range(3)), 150);
  await fixture.close(await fixture.start());
  expect(fixture.eventLog.numbers).toEqual([0]);
});

it('records the other certificates of a request of which a crash left the first ones only', async () => {
  fixture.eventLog.away = true;
  const events = [1, 2, 3].map((number) => usageEventOf(number, fixture.now, 1));
  const first = await fixture.start(never);
  await first.record(events);
  await fixture.close(first);
  const segment = await fixture.lastSegment();
  await truncate(segment, (await stat(segment)).size - 1);
  fixture.eventLog.away = false;
  const second = await fixture.start();
  await second.record(events);
  await second.record(events);
  await fixture.close(second);
  expect(fixture.eventLog.numbers).toEqual([1, 2, 3]);
  const third = await fixture.start();
  await third.record(events);
  await fixture.close(third);
  expect(fixture.eventLog.numbers).toEqual([1, 2, 3]);
});

it('keeps aside, and tells loudly, damage where no crash leaves any', async () => {
  const damaged = await leave(0, 1);
  await leave(2);
  await truncate(damaged, 150);
  const before = await readFile(damaged);
  await fixture.close(await fixture.start());
  expect(fixture.eventLog.numbers).toEqual([0, 2]);
  const found = expect.objectContaining({ records: 1 });
  expect(fixture.logger.error).toHaveBeenCalledWith(found, expect.stringContaining('damaged'));
  expect(await readFile(`${damaged}.damaged`)).toEqual(before);
});

it('takes no journal for another one whose name is lost', async () => {
  await leave(0);
  await writeFile(join(fixture.directory, '0', 'producer'), 'x');
  await expect(fixture.start()).rejects.toMatchObject({ code: 'journal_damaged' });
});
