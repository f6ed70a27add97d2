import { Readable } from 'node:stream';
import type { StatementLine } from '@kakunin/billing';
import { type Options, stringify } from 'csv-stringify';
import type { BillingExport } from './billing-export.ts';
import { isoJst } from './iso-jst.ts';

type Cell = string | bigint;

/** The columns, in their order for ever: a new one goes to the end (docs/reference/billing-export.md). */
const COLUMNS: Readonly<Record<string, (line: StatementLine, about: BillingExport) => Cell>> = {
  billing_period: (_line, { period }) => period,
  state: (_line, { state }) => state,
  as_of: (_line, { asOf }) => (asOf === undefined ? '' : isoJst(asOf)),
  customer: ({ customer }) => customer,
  service_provider: ({ serviceProvider }) => serviceProvider,
  certificate_class: ({ certificateClass = '' }) => certificateClass,
  carrier: ({ carrier = '' }) => carrier,
  channel: ({ channel = '' }) => channel,
  purpose: ({ purpose = '' }) => purpose,
  quantity: ({ quantity }) => quantity,
  unit_price: ({ unitPrice = '' }) => unitPrice,
  list_amount: ({ listAmount }) => listAmount,
  waiver_amount: ({ waiverAmount }) => waiverAmount,
  amount_due: ({ amountDue }) => amountDue,
  tariff_id: ({ tariffId }) => tariffId,
  waiver_id: ({ waiverId }) => waiverId ?? '',
};

const FORMAT: Options = {
  // Without the mark Excel takes UTF-8 for the code page of the machine.
  bom: true,
  record_delimiter: 'windows',
  header: true,
  columns: Object.keys(COLUMNS),
  // No cell is ever run as a formula; amounts below zero stay numbers.
  escape_formulas: true,
};

/** The lines of all statements as CSV (RFC 4180, UTF-8 with byte order mark), streamed. */
export const exportCsv = (about: BillingExport): Readable =>
  Readable.from(rowsOf(about)).compose(stringify(FORMAT)) as Readable;

function* rowsOf(about: BillingExport): Generator<Cell[]> {
  for (const { lines } of about.statements) {
    for (const line of lines) yield Object.values(COLUMNS).map((cell) => cell(line, about));
  }
}
