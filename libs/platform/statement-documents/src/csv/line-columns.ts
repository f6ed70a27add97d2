import type { StatementLine } from '@kakunin/billing';
import type { BillingPeriod } from '@kakunin/calendar';
import type { Cell, Column } from './csv.ts';
import { isoJst } from './instants.ts';

/** A line, and which document or view it is of. */
export interface ExportedLine {
  readonly line: StatementLine;
  readonly period: BillingPeriod;
  /** `open`: the month is not over; `ended`: it is, and not closed. */
  readonly state: 'open' | 'ended' | 'closed';
  /** Epoch ms: what was counted until then is in it. */
  readonly asOf?: number;
  /** Absent: the month is not closed. */
  readonly document?: { readonly kind: 'statement' | 'credit_note'; readonly number: string };
}

const column = (name: string, ja: string, en: string, value: (row: ExportedLine) => Cell): Column<ExportedLine> => ({
  name,
  title: { ja, en },
  value,
});

/** In their order for ever: a new one goes to the end. */
export const LINE_COLUMNS: readonly Column<ExportedLine>[] = [
  column('billing_period', '請求対象月', 'month that is billed', ({ period }) => period),
  column('state', '締めの状態', '`open`, `ended` or `closed`', ({ state }) => state),
  column('as_of', '集計時点', 'everything counted until then is in it', ({ asOf }) =>
    asOf === undefined ? undefined : isoJst(asOf),
  ),
  column('customer', 'お客様コード', 'code of the platform provider', ({ line }) => line.customer),
  column(
    'service_provider',
    'サービス提供者',
    'its code; empty: the customer for itself',
    ({ line }) => line.serviceProvider,
  ),
  column(
    'certificate_class',
    '証明書の種別',
    '`signature` 署名用 or `user-authentication` 利用者証明用',
    ({ line }) => line.certificateClass,
  ),
  column('carrier', '格納媒体', '`card` or `smartphone`', ({ line }) => line.carrier),
  column('channel', '確認方法', '`ocsp` or `crl`', ({ line }) => line.channel),
  column('purpose', '確認の目的', '`signature_verification` or `liveness_check`', ({ line }) => line.purpose),
  column('quantity', '件数', 'chargeable checks', ({ line }) => line.quantity),
  column('unit_price', '単価', 'yen a check; empty: not priced by the check', ({ line }) => line.unitPrice),
  column('list_amount', '料金（減免前）', 'yen, before tax', ({ line }) => line.listAmount),
  column('waiver_amount', '減免額', 'yen; what a waiver takes off, 0 or less', ({ line }) => line.waiverAmount),
  column('amount_due', '金額（税抜）', 'yen, before tax: list_amount + waiver_amount', ({ line }) => line.amountDue),
  column('tariff_id', '料金表', 'tariff, or commitment, on which the line rests', ({ line }) => line.tariffId),
  column('waiver_id', '減免', 'waiver on which the line rests; empty: none', ({ line }) => line.waiverId),
  column('kind', '明細の種類', '`usage`, `pool_saving` 乗合い, `minimum` or `cap`', ({ line }) => line.kind),
  column(
    'usage_period',
    '利用月',
    'month of the checks; earlier than billing_period: they came late',
    ({ line }) => line.usagePeriod,
  ),
  column('tier', '段階', 'of a tiered price, from 1', ({ line }) => line.tier?.toString()),
  column(
    'tax_category',
    '税区分',
    '`standard`, `reduced`, `non_taxable` 非課税 or `out_of_scope` 不課税',
    ({ line }) => line.taxCategory,
  ),
  column('document', '書類の種類', '`statement` or `credit_note`; empty: not closed', ({ document }) => document?.kind),
  column(
    'document_number',
    '書類番号',
    'of invoice or credit note; empty: not closed',
    ({ document }) => document?.number,
  ),
];
