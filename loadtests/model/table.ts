import type { Language } from './language.ts';

/** A table: its columns' heads, and rows of as many cells. The first column is text, the others are numbers. */
export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const FIRST_WIDE_CHARACTER = '\u2e80';

/** Columns that a text takes on a terminal: Chinese characters and kana take two. */
export const widthOf = (text: string): number =>
  [...text].reduce((width, character) => width + (character >= FIRST_WIDE_CHARACTER ? 2 : 1), 0);

/** A table in Markdown, aligned, so that it can be read on a terminal as it is. */
export function markdown({ head, rows }: Table): string {
  const widths = head.map((_, column) => Math.max(3, ...[head, ...rows].map((row) => widthOf(row[column] ?? ''))));
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const padded = (row: readonly string[]): string =>
    line(
      widths.map((width, column) => {
        const cell = row[column] ?? '';
        const space = ' '.repeat(width - widthOf(cell));
        return column === 0 ? cell + space : space + cell;
      }),
    );
  const rule = line(widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)));
  return [padded(head), rule, ...rows.map(padded)].join('\n');
}

/** `1234567` as `1,234,567`, with so many digits behind the point. Own code, as k6 knows no locales. */
export function grouped(value: number, digits = 0): string {
  const [whole = '', fraction] = value.toFixed(digits).split('.');
  const groups = whole.replace(/\B(?=(?:\d{3})+$)/g, ',');
  return fraction === undefined ? groups : `${groups}.${fraction}`;
}

const PREFIXES = ['', 'k', 'M', 'G', 'T', 'P'] as const;

/** A quantity of octets or bits with a decimal prefix: `1.3 GB`, `360 Mbit/s`. */
export function prefixed(value: number, unit: string): string {
  const power = value < 1 ? 0 : Math.min(PREFIXES.length - 1, Math.floor(Math.log10(value) / 3));
  const scaled = value / 1000 ** power;
  return `${scaled.toFixed(scaled < 9.95 && power > 0 ? 1 : 0)} ${PREFIXES[power] ?? ''}${unit}`;
}

/** A count in whole millions: `153 M`, `153百万`. */
export const millions = (value: number, language: Language): string =>
  `${grouped(value / 1e6)}${{ ja: '百万', en: ' M' }[language]}`;

/** A share in whole per cent. */
export const percent = (share: number): string => `${Math.round(share * 100)} %`;
