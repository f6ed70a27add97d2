import { expect, it } from 'vitest';
import { groupDigits, renderTable } from './table.ts';

it('aligns Japanese, which takes two cells a character', () => {
  const rows = [
    ['利用者証明用', '2'],
    ['signature', '20'],
  ] as const;
  const table = renderTable(rows, [
    { title: 'class', value: ([name]) => name },
    { title: 'yen', value: ([, yen]) => yen, align: 'right' },
  ]);
  expect(table).toBe('CLASS         YEN\n利用者証明用    2\nsignature      20\n');
});

it('lets no text of a service move the cursor', () => {
  const table = renderTable(['\u001b[2Jgone\n'], [{ title: 'name', value: (name) => name }]);
  expect(table).toBe('NAME\n [2Jgone\n');
});

it('says that there is nothing', () => {
  expect(renderTable([], [])).toBe('(none)\n');
});

it('groups digits of integers of any size', () => {
  expect(['0', '-999', 1234, 12345678901234567890n, '-1000000'].map(groupDigits)).toEqual([
    '0',
    '-999',
    '1,234',
    '12,345,678,901,234,567,890',
    '-1,000,000',
  ]);
});
