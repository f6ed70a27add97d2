import { describeLine, type StatementLine, type TaxPart } from '@kakunin/billing';
import { type BillingPeriod, billingPeriodBounds } from '@kakunin/calendar';
import type { Cell, Column } from './csv.ts';
import { isoUtc } from './instants.ts';

/** A charge of a closed statement or credit note: a line of it, or its tax at one rate. */
export interface FocusCharge {
  readonly about: {
    readonly customer: string;
    readonly customerName: string;
    readonly period: BillingPeriod;
    readonly issuer: string;
    readonly number: string;
    readonly isCorrection: boolean;
  };
  readonly charge: StatementLine | TaxPart;
}

const lineOf = ({ charge }: FocusCharge): StatementLine | undefined => ('kind' in charge ? charge : undefined);
const usageOf = (row: FocusCharge): StatementLine | undefined => {
  const line = lineOf(row);
  return line?.kind === 'usage' ? line : undefined;
};
const monthOf = (row: FocusCharge): BillingPeriod => lineOf(row)?.usagePeriod ?? row.about.period;
const isLate = (row: FocusCharge): boolean => monthOf(row) < row.about.period;
const dueOf = ({ charge }: FocusCharge): bigint => ('kind' in charge ? charge.amountDue : charge.taxAmount);
const listOf = (row: FocusCharge): bigint => lineOf(row)?.listAmount ?? dueOf(row);

const CATEGORIES = { usage: 'Usage', pool_saving: 'Credit', minimum: 'Adjustment', cap: 'Credit' } as const;

function describe({ charge }: FocusCharge): string {
  if (!('kind' in charge)) return `消費税 ${charge.percent}% (${charge.category})`;
  return describeLine(charge).ja;
}

const column = (name: string, ja: string, en: string, value: (row: FocusCharge) => Cell): Column<FocusCharge> => ({
  name,
  title: { ja, en },
  value,
});

/** FinOps FOCUS 1.2, as far as it applies; `x_` begins what FOCUS has no column for. In their order for ever. */
export const FOCUS_COLUMNS: readonly Column<FocusCharge>[] = [
  column('BilledCost', '請求額', 'what is invoiced, yen', dueOf),
  column('BillingAccountId', '請求先コード', 'code of the platform provider', ({ about }) => about.customer),
  column('BillingAccountName', '請求先', 'its name when the month was closed', ({ about }) => about.customerName),
  column('BillingCurrency', '通貨', '`JPY`', () => 'JPY'),
  column('BillingPeriodEnd', '請求期間の終わり', 'excluded; UTC', ({ about }) =>
    isoUtc(billingPeriodBounds(about.period).end),
  ),
  column('BillingPeriodStart', '請求期間の始まり', 'included; UTC', ({ about }) =>
    isoUtc(billingPeriodBounds(about.period).start),
  ),
  column('ChargeCategory', '費目の区分', '`Usage`, `Credit` (saving, cap), `Adjustment` (minimum) or `Tax`', (row) => {
    const line = lineOf(row);
    return line ? CATEGORIES[line.kind] : 'Tax';
  }),
  column('ChargeClass', '訂正', '`Correction`: of a month that was invoiced before', (row) =>
    row.about.isCorrection || isLate(row) ? 'Correction' : undefined,
  ),
  column('ChargeDescription', '内容', 'in Japanese', describe),
  column('ChargeFrequency', '発生の頻度', '`Usage-Based`, or `Recurring` for minimum and cap', (row) =>
    ['minimum', 'cap'].includes(lineOf(row)?.kind ?? '') ? 'Recurring' : 'Usage-Based',
  ),
  column('ChargePeriodEnd', '利用期間の終わり', 'excluded; UTC', (row) =>
    isoUtc(billingPeriodBounds(monthOf(row)).end),
  ),
  column('ChargePeriodStart', '利用期間の始まり', 'included; UTC', (row) =>
    isoUtc(billingPeriodBounds(monthOf(row)).start),
  ),
  column('ConsumedQuantity', '利用件数', 'checks', (row) => usageOf(row)?.quantity),
  column('ConsumedUnit', '利用の単位', '`Checks`', (row) => usageOf(row) && 'Checks'),
  column('ContractedCost', '契約額', 'as EffectiveCost: there are no other contracts than tariffs', dueOf),
  column('ContractedUnitPrice', '契約単価', 'yen; 0 where it is waived', (row) => contractedUnitPrice(usageOf(row))),
  column('EffectiveCost', '実効額', 'as BilledCost: nothing is prepaid', dueOf),
  column('InvoiceId', '書類番号', 'of invoice or credit note', ({ about }) => about.number),
  column('InvoiceIssuerName', '発行事業者', 'who issues the invoice', ({ about }) => about.issuer),
  column('ListCost', '料金（減免前）', 'yen', listOf),
  column('ListUnitPrice', '単価', 'yen a check', (row) => usageOf(row)?.unitPrice),
  column('PricingCategory', '価格の区分', '`Standard`', (row) => usageOf(row) && 'Standard'),
  column('PricingQuantity', '価格の数量', 'checks', (row) => usageOf(row)?.quantity),
  column('PricingUnit', '価格の単位', '`Checks`', (row) => usageOf(row) && 'Checks'),
  column('ProviderName', '提供者', 'as InvoiceIssuerName', ({ about }) => about.issuer),
  column('PublisherName', '発行者', 'as InvoiceIssuerName', ({ about }) => about.issuer),
  column('ServiceCategory', 'サービスの区分', '`Identity`', () => 'Identity'),
  column('ServiceName', 'サービス名', '`Certificate status`', () => 'Certificate status'),
  column('SkuId', '料金表', 'tariff or commitment', (row) => lineOf(row)?.tariffId),
  column('SkuPriceId', '料金表と段階', 'with the tier, where there are tiers', (row) => skuPriceId(lineOf(row))),
  column(
    'SubAccountId',
    'サービス提供者',
    'code of the service provider; empty: the customer for itself',
    (row) => lineOf(row)?.serviceProvider,
  ),
  column('x_CertificateClass', '証明書の種別', 'as certificate_class', (row) => lineOf(row)?.certificateClass),
  column('x_Carrier', '格納媒体', 'as carrier', (row) => lineOf(row)?.carrier),
  column('x_Channel', '確認方法', 'as channel', (row) => lineOf(row)?.channel),
  column('x_Purpose', '確認の目的', 'as purpose', (row) => lineOf(row)?.purpose),
  column('x_TaxCategory', '税区分', 'as tax_category', ({ charge }) =>
    'kind' in charge ? charge.taxCategory : charge.category,
  ),
  column('x_WaiverId', '減免', 'as waiver_id', (row) => lineOf(row)?.waiverId),
];

const contractedUnitPrice = (line: StatementLine | undefined): bigint | undefined =>
  line?.waiverId === undefined ? line?.unitPrice : 0n;

const skuPriceId = (line: StatementLine | undefined): string | undefined =>
  line?.tier === undefined ? line?.tariffId : `${line.tariffId}/${line.tier}`;
