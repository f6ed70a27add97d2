import { setImmediate } from 'node:timers/promises';
import { CONTENT_WIDTH, PAGE, type Sheet, type TextStyle } from './sheet.ts';

export interface TableColumn<Row> {
  readonly title: string;
  /** Below the title, smaller. */
  readonly titleEn: string;
  /** Share of the table's width. */
  readonly share: number;
  /** What stands to the right is a number: it stays on one line, and gets smaller before it is broken. */
  readonly align?: 'left' | 'right' | 'center';
  readonly value: (row: Row) => string;
}

export interface Table<Row> {
  readonly columns: readonly TableColumn<Row>[];
  /** Points. */
  readonly size: number;
  /** Rows in which it says so are set in bold. */
  readonly isBold?: (row: Row) => boolean;
}

const PADDING = 3;
/** Some 30 ms: whoever waits for the same thread waits no longer. */
const ROWS_AT_ONCE = 30;

/** Draws rows below one another. A row stays whole; a page that begins within the table begins with its titles. */
export async function drawTable<Row>(sheet: Sheet, table: Table<Row>, rows: readonly Row[]): Promise<void> {
  drawTitles(sheet, table);
  for (const [index, row] of rows.entries()) {
    if (index % ROWS_AT_ONCE === ROWS_AT_ONCE - 1) await setImmediate();
    const cells = cellsOf(sheet, table, row);
    const height = Math.max(...cells.map((cell) => cell.height)) + 2 * PADDING;
    if (!sheet.fits(height)) {
      sheet.newPage();
      drawTitles(sheet, table);
    }
    for (const { text, x, width, style } of cells) {
      if (text !== '') sheet.text(text, { x, y: sheet.y + PADDING, width }, style);
    }
    sheet.y += height;
    sheet.line({ x: PAGE.margin, y: sheet.y, width: CONTENT_WIDTH }, 0.25);
  }
}

function cellsOf<Row>(sheet: Sheet, table: Table<Row>, row: Row) {
  const bold = table.isBold?.(row) ?? false;
  return placed(table).map(({ x, width, align }, index) => {
    const text = table.columns[index]?.value(row) ?? '';
    const asIs = { size: table.size, bold, align };
    const style = align === 'right' ? { ...asIs, size: sheet.fittingSize(text, width, asIs) } : asIs;
    return { text, x, width, style, height: text === '' ? 0 : sheet.heightOf(text, width, style) };
  });
}

function drawTitles<Row>(sheet: Sheet, table: Table<Row>): void {
  const english: TextStyle = { size: table.size - 2, color: '#555' };
  const height = 2 * table.size + 2 * PADDING;
  if (!sheet.fits(height + 3 * table.size)) sheet.newPage();
  sheet.shade({ x: PAGE.margin, y: sheet.y, width: CONTENT_WIDTH }, height, '#eef1f4');
  const y = sheet.y + PADDING;
  for (const [index, { x, width, align }] of placed(table).entries()) {
    const { title, titleEn } = table.columns[index] as TableColumn<Row>;
    sheet.text(title, { x, y, width }, { size: table.size, align });
    sheet.text(titleEn, { x, y: y + table.size + 1, width }, { ...english, align });
  }
  sheet.y += height;
  sheet.line({ x: PAGE.margin, y: sheet.y, width: CONTENT_WIDTH });
}

function placed<Row>({ columns }: Table<Row>): { x: number; width: number; align: 'left' | 'right' | 'center' }[] {
  const shares = columns.reduce((sum, { share }) => sum + share, 0);
  let end: number = PAGE.margin;
  return columns.map(({ share, align = 'left' }) => {
    const width = (CONTENT_WIDTH * share) / shares;
    const x = end + PADDING;
    end += width;
    return { x, width: width - 2 * PADDING, align };
  });
}
