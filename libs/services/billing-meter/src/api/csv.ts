import { stringify } from 'csv-stringify/sync';

type Cell = string | bigint;

/** By the name of the column, what a row has in it: in their order for ever, a new one goes to the end. */
export type CsvColumns<Row> = Readonly<Record<string, (row: Row) => Cell>>;

/** A short table as CSV (RFC 4180, UTF-8 with byte order mark, which Excel needs). */
export const csvOf = <Row>(columns: CsvColumns<Row>, rows: readonly Row[]): string =>
  stringify(
    rows.map((row) => Object.values(columns).map((cell) => cell(row))),
    {
      bom: true,
      record_delimiter: 'windows',
      header: true,
      columns: Object.keys(columns),
      // No cell is ever run as a formula; amounts below zero stay numbers.
      escape_formulas: true,
    },
  );
