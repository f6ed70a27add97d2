import type { Row } from './benchmark.ts';

const digits = (value: number): string =>
  value.toLocaleString('en-US', { maximumFractionDigits: value >= 100 ? 0 : value >= 10 ? 1 : 2 });

const verdict = ({ goal, met }: Row): string => (goal === null ? '' : `${met ? 'met' : 'MISSED'} (goal ${goal})`);

/** Rows as an aligned table. */
export function table(rows: readonly Row[]): string {
  const cells = rows.map((row) => [row.name, digits(row.value), row.unit, verdict(row)] as const);
  const width = (column: 0 | 1 | 2): number => Math.max(...cells.map((cell) => cell[column].length));
  return cells
    .map(([name, value, unit, met]) =>
      `${name.padEnd(width(0))}  ${value.padStart(width(1))} ${unit.padEnd(width(2))}  ${met}`.trimEnd(),
    )
    .join('\n');
}
