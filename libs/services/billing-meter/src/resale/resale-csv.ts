import type { ResaleLine } from '@kakunin/billing';
import { type Cell, type Column, csvOf } from '@kakunin/statement-documents';
import type { ResoldMonth } from './reseller.ts';

type Row = ResaleLine & Pick<ResoldMonth, 'period' | 'state'>;

const column = (name: string, ja: string, en: string, value: (row: Row) => Cell): Column<Row> => ({
  name,
  title: { ja, en },
  value,
});

/** In their order for ever: a new one goes to the end. */
export const RESALE_COLUMNS: readonly Column<Row>[] = [
  column('billing_period', '請求対象月', 'month that is billed', ({ period }) => period),
  column('state', '締めの状態', '`open` or `closed`', ({ state }) => state),
  column('service_provider', 'サービス提供者', 'code of who is billed', ({ customer }) => customer),
  column('charge', '区分', '`pass_through` or `margin`', ({ charge }) => charge),
  column('kind', '明細の種類', 'as on the statement', ({ kind }) => kind),
  column('usage_period', '利用月', 'earlier than billing_period: it came late', ({ usagePeriod }) => usagePeriod),
  column('certificate_class', '証明書の種別', 'empty: all', ({ certificateClass }) => certificateClass),
  column('carrier', '格納媒体', 'empty: all', ({ carrier }) => carrier),
  column('channel', '確認方法', 'empty: all', ({ channel }) => channel),
  column('purpose', '確認の目的', 'empty: all', ({ purpose }) => purpose),
  column('tier', '段階', 'of a tiered price, from 1', ({ tier }) => tier?.toString()),
  column('quantity', '件数', 'chargeable checks', ({ quantity }) => quantity),
  column('unit_price', '単価', 'yen a check', ({ unitPrice }) => unitPrice),
  column('list_amount', '料金（減免前）', 'yen, before tax', ({ listAmount }) => listAmount),
  column('waiver_amount', '減免額', 'yen, 0 or less', ({ waiverAmount }) => waiverAmount),
  column('amount_due', '金額（税抜）', 'yen, before tax', ({ amountDue }) => amountDue),
  column('tax_category', '税区分', 'standard, reduced, …', ({ taxCategory }) => taxCategory),
  column('tariff_id', '料金表', 'on which the line rests', ({ tariffId }) => tariffId),
  column('waiver_id', '減免', 'empty: none', ({ waiverId }) => waiverId),
];

export const resaleCsv = ({ statements, period, state }: ResoldMonth): Buffer =>
  csvOf(
    RESALE_COLUMNS,
    statements.flatMap(({ lines }) => lines.map((line) => ({ ...line, period, state }))),
  );
