import type { CertificateRecord, ParsedLine } from '@kakunin/certificates';
import { DatabaseError } from '@kakunin/postgres';
import { expect, it } from 'vitest';
import { linesOf, summaryOf } from './import-answers.ts';
import { type ImportAnswer, runImport } from './run-import.ts';
import { textList } from './text-list.ts';

const line = (i: number): string => ['V', '361231235959Z', '', i.toString(16), 'unknown', '/CN=x'].join('\t');
const listOf = (count: number): string => Array.from({ length: count }, (_, i) => line(i + 1)).join('\n');

async function* lines(text: string): AsyncGenerator<ParsedLine> {
  const octets = (async function* () {
    yield Buffer.from(text);
  })();
  yield* textList('index.txt', octets);
}

const takesAll = async (_: string, records: readonly CertificateRecord[]) => records.map(() => 'imported' as const);
const run = (text: string, register = takesAll) =>
  runImport({ registry: { register }, authorityId: 'a', lines: lines(text), answersEach: false });

it('commits in batches, and names the first thousand broken lines', async () => {
  const sizes: number[] = [];
  const register: typeof takesAll = (authorityId, records) => {
    sizes.push(records.length);
    return takesAll(authorityId, records);
  };
  const summary = await summaryOf(run(`${listOf(4_500)}${'\nbroken'.repeat(1_500)}`, register));
  expect(Math.max(...sizes)).toBeLessThanOrEqual(2_000);
  expect(sizes.reduce((sum, size) => sum + size)).toBe(4_500);
  expect(summary).toMatchObject({ imported: 4_500, unchanged: 0, rejected: 1_500 });
  expect(summary.errors).toHaveLength(1_000);
  expect(summary.errors[0]).toEqual({ line: 4_501, reason: expect.stringContaining('six fields') });
});

const awayAfter = (batches: number): typeof takesAll => {
  let calls = 0;
  return async (authorityId, records) => {
    if (++calls > batches) throw new DatabaseError('database_unavailable', 'The database is away.');
    return takesAll(authorityId, records);
  };
};

it('says how far it came when the database goes away', async () => {
  await expect(summaryOf(run(listOf(3_000), awayAfter(1)))).rejects.toMatchObject({
    code: 'database_unavailable',
    message: expect.stringMatching(/[1-9]\d* lines were taken/),
  });
});

it('ends the answers with a problem when it breaks off on the way, and refuses when it does at the beginning', async () => {
  const faults: unknown[] = [];
  const answers: ImportAnswer[] = [];
  for await (const text of await linesOf(run(listOf(3_000), awayAfter(1)), (error) => faults.push(error))) {
    for (const each of String(text).trimEnd().split('\n')) answers.push(JSON.parse(each));
  }
  expect(answers[0]).toEqual({ progress: expect.objectContaining({ rejected: 0 }) });
  expect(answers.at(-1)).toEqual({ problem: { code: 'database_unavailable', detail: 'The database is away.' } });
  expect(faults).toHaveLength(1);
  await expect(linesOf(run(listOf(1), awayAfter(0)), () => undefined)).rejects.toThrow(DatabaseError);
});
