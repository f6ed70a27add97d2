import type { Text } from '../billing-document.ts';

export type Cell = string | bigint | undefined;

/** A column: its name in the file for ever, what people call it, and what a row has in it. */
export interface Column<Row> {
  readonly name: string;
  readonly title: Text;
  readonly value: (row: Row) => Cell;
}

/** Without the mark Excel takes UTF-8 for the code page of the machine. */
const BYTE_ORDER_MARK = '\uFEFF';

/** The first line of a file, as RFC 4180 has it. */
export const csvHeader = <Row>(columns: readonly Column<Row>[]): string =>
  `${BYTE_ORDER_MARK}${columns.map(({ name }) => name).join(',')}\r\n`;

export const csvRow = <Row>(columns: readonly Column<Row>[], row: Row): string =>
  `${columns.map(({ value }) => csvCell(value(row))).join(',')}\r\n`;

/** All of it at once. */
export function csvOf<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): Buffer {
  return Buffer.from(csvHeader(columns) + rows.map((row) => csvRow(columns, row)).join(''));
}

/**
 * Text that a spreadsheet would run as a formula begins with an apostrophe; what needs quotes has them. Numbers below
 * zero stay numbers.
 */
export function csvCell(cell: Cell): string {
  if (cell === undefined) return '';
  if (typeof cell === 'bigint') return cell.toString();
  const text = /^[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
