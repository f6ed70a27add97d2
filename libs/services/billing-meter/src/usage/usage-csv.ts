import { Readable } from 'node:stream';
import { type Options, stringify } from 'csv-stringify';
import type { UsageQuantity } from './usage-query.ts';

/** The columns, in their order for ever: a new one goes to the end (docs/reference/usage-events.md). */
const COLUMNS: Readonly<Record<string, keyof UsageQuantity>> = {
  start: 'start',
  customer: 'customer',
  service_provider: 'serviceProvider',
  authority_id: 'authorityId',
  certificate_class: 'certificateClass',
  carrier: 'carrier',
  channel: 'channel',
  purpose: 'purpose',
  outcome: 'outcome',
  quantity: 'quantity',
};

const FORMAT: Options = {
  // Without the mark Excel takes UTF-8 for the code page of the machine.
  bom: true,
  record_delimiter: 'windows',
  header: true,
  columns: Object.keys(COLUMNS),
  escape_formulas: true,
};

/** RFC 4180, UTF-8 with byte order mark, streamed. */
export const usageCsv = (counts: AsyncIterable<UsageQuantity>): Readable =>
  Readable.from(rowsOf(counts)).compose(stringify(FORMAT)) as Readable;

async function* rowsOf(counts: AsyncIterable<UsageQuantity>): AsyncGenerator<string[]> {
  for await (const count of counts) yield Object.values(COLUMNS).map((name) => count[name]);
}
