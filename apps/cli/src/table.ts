/** A column of a table; figures are aligned to the right. */
export interface Column<Row> {
  readonly title: string;
  readonly value: (row: Row) => string;
  readonly align?: 'right';
}

/** East Asian wide and fullwidth characters take two cells (Unicode TR 11). */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/gu;
/** What would move the cursor or colour the terminal: texts come from services. */
const CONTROL = /\p{Cc}/gu;

const cells = (text: string): number => [...text].length + (text.match(WIDE)?.length ?? 0);

/** Lines with two spaces between the columns; a single line says so when there is no row. */
export function renderTable<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  if (rows.length === 0) return '(none)\n';
  const lines = [
    columns.map(({ title }) => title.toUpperCase()),
    ...rows.map((row) => columns.map(({ value }) => value(row).replace(CONTROL, ' '))),
  ];
  const widths = columns.map((_, index) => Math.max(...lines.map((line) => cells(line[index] ?? ''))));
  const pad = (text: string, index: number) => {
    const space = ' '.repeat((widths[index] ?? 0) - cells(text));
    return columns[index]?.align === 'right' ? space + text : text + space;
  };
  return lines.map((line) => `${line.map(pad).join('  ').trimEnd()}\n`).join('');
}

/** `1234567` → `1,234,567`; yen and counts are integers of any size. */
export const groupDigits = (integer: bigint | number | string): string =>
  String(integer).replace(/\B(?=(\d{3})+$)/g, ',');
