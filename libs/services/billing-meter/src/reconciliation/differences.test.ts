import { describe, expect, it } from 'vitest';
import { archiveDifferences, type Books, differencesIn } from './differences.ts';

const row = { producer: 'j1', customer: 'pf-a', day: '2026-10-05', records: 5n, chargeable: 4n };
const other = { ...row, producer: 'j2', records: 3n, chargeable: 3n };
const leafOf = ({ chargeable: _chargeable, ...leaves }: typeof row) => leaves;
const billOf = ({ producer, customer, day }: typeof row, billed: bigint) => ({ producer, customer, day, billed });
const books: Books = {
  counted: [row, other],
  leaves: [leafOf(row), leafOf(other)],
  usage: [{ customer: 'pf-a', day: row.day, records: 8n, chargeable: 7n }],
  billed: [billOf(row, 4n), billOf(other, 3n)],
  statements: [{ customer: 'pf-a', quantity: 7n }],
  segments: [
    { producer: 'j1', recorded: 9n, counted: 9n },
    { producer: 'j2', recorded: 3n, counted: 3n },
  ],
  missing: [],
  pending: [],
};
const where = (part: Partial<Books>): unknown =>
  differencesIn({ ...books, ...part }).differences.map(({ kind, producer, customer, day, expected, found }) => [
    kind,
    producer ?? customer ?? '',
    day ?? '',
    expected,
    found,
  ]);

describe('differences', () => {
  it('are none where everything agrees', () => {
    expect(differencesIn(books)).toEqual({ differences: [], late: [] });
    expect(archiveDifferences([row, other], [other, row])).toEqual([]);
  });

  it.each<[string, Partial<Books>, unknown[]]>([
    ['a gap', { missing: [{ producer: 'j1', segments: 2n }] }, [['segments_missing', 'j1', '', 0n, 2n]]],
    [
      'records that were not counted',
      { segments: [{ producer: 'j1', recorded: 9n, counted: 8n }] },
      [['records_not_counted', 'j1', '', 9n, 8n]],
    ],
    [
      'sums that are not those of the producers',
      { usage: [{ customer: 'pf-a', day: row.day, records: 9n, chargeable: 8n }] },
      [
        ['usage_differs', 'pf-a', row.day, 8n, 9n],
        ['chargeable_differs', 'pf-a', row.day, 7n, 8n],
      ],
    ],
    [
      'sums of a day that no producer knows',
      { usage: [...books.usage, { customer: 'pf-b', day: row.day, records: 1n, chargeable: 0n }] },
      [['usage_differs', 'pf-b', row.day, 0n, 1n]],
    ],
    ['a leaf too few', { leaves: [leafOf(row)] }, [['ledger_differs', 'j2', row.day, 3n, 0n]]],
    [
      'a leaf too many',
      { leaves: [leafOf(row), { ...leafOf(other), records: 4n }] },
      [['ledger_differs', 'j2', row.day, 3n, 4n]],
    ],
    ['a ledger behind', { pending: [{ customer: 'pf-a', segments: 1n }] }, [['ledger_behind', 'pf-a', '', 0n, 1n]]],
    [
      'more billed than counted',
      { billed: [billOf(row, 3n), billOf(other, 4n)] },
      [['statement_differs', 'j2', row.day, 3n, 4n]],
    ],
    [
      'lines that bill what is of no producer',
      { statements: [{ customer: 'pf-a', quantity: 8n }] },
      [['statement_lines_differ', 'pf-a', '', 7n, 8n]],
    ],
    ['lines of a customer without a statement', { statements: [] }, [['statement_lines_differ', 'pf-a', '', 7n, 0n]]],
  ])('show %s', (_what, part, expected) => {
    expect(where(part)).toEqual(expected);
  });

  it('are none for usage that waits for the next statement', () => {
    const billed = [billOf(row, 4n), billOf(other, 2n)];
    const late = differencesIn({ ...books, billed, statements: [{ customer: 'pf-a', quantity: 6n }] });
    expect(late).toEqual({ differences: [], late: [{ ...billOf(other, 2n), chargeable: 3n }] });
    expect(differencesIn({ ...books, billed: [], statements: [] })).toEqual({ differences: [], late: [] });
  });

  it('show raw records that were counted otherwise', () => {
    const found = archiveDifferences([row], [{ ...row, records: 6n }, other]);
    expect(found.map(({ kind, producer, expected, found: said }) => [kind, producer, expected, said])).toEqual([
      ['archive_differs', 'j1', 5n, 6n],
      ['archive_differs', 'j2', 0n, 3n],
      ['archive_chargeable_differs', 'j2', 0n, 3n],
    ]);
  });
});
