import type { ResaleLine } from '@kakunin/billing';
import { type CsvColumns, csvOf } from '../api/csv.ts';
import type { ResoldMonth } from './reseller.ts';

type Row = ResaleLine & Pick<ResoldMonth, 'period' | 'state'>;

/** docs/reference/tariffs.md has them in both languages. */
const COLUMNS: CsvColumns<Row> = {
  billing_period: ({ period }) => period,
  state: ({ state }) => state,
  service_provider: ({ customer }) => customer,
  charge: ({ charge }) => charge,
  kind: ({ kind }) => kind,
  usage_period: ({ usagePeriod }) => usagePeriod,
  certificate_class: ({ certificateClass = '' }) => certificateClass,
  carrier: ({ carrier = '' }) => carrier,
  channel: ({ channel = '' }) => channel,
  purpose: ({ purpose = '' }) => purpose,
  tier: ({ tier }) => (tier === undefined ? '' : String(tier)),
  quantity: ({ quantity }) => quantity,
  unit_price: ({ unitPrice = '' }) => unitPrice,
  list_amount: ({ listAmount }) => listAmount,
  waiver_amount: ({ waiverAmount }) => waiverAmount,
  amount_due: ({ amountDue }) => amountDue,
  tax_category: ({ taxCategory }) => taxCategory,
  tariff_id: ({ tariffId }) => tariffId,
  waiver_id: ({ waiverId = '' }) => waiverId,
};

export const resaleCsv = ({ statements, period, state }: ResoldMonth): string =>
  csvOf(
    COLUMNS,
    statements.flatMap(({ lines }) => lines.map((line) => ({ ...line, period, state }))),
  );
