import type { StatementLine } from '@kakunin/billing';
import type { Carrier, CertificateClass, Channel, Purpose } from '@kakunin/usage';

/** A row of `statement_line`, without what it belongs to. */
export interface LineRow {
  readonly kind: StatementLine['kind'];
  readonly customer: string;
  readonly service_provider: string;
  readonly usage_period: StatementLine['usagePeriod'];
  readonly certificate_class: CertificateClass | null;
  readonly carrier: Carrier | null;
  readonly channel: Channel | null;
  readonly purpose: Purpose | null;
  readonly unit_price: string | null;
  readonly tier: number | null;
  readonly tariff_id: string;
  readonly waiver_id: string | null;
  readonly tax_category: StatementLine['taxCategory'];
  readonly quantity: string;
  readonly list_amount: string;
  readonly waiver_amount: string;
  readonly amount_due: string;
}

export const LINE_COLUMNS =
  'kind, customer, service_provider, usage_period, certificate_class, carrier, channel, purpose, unit_price, tier, ' +
  'tariff_id, waiver_id, tax_category, quantity, list_amount, waiver_amount, amount_due';

export const lineOfRow = (row: LineRow): StatementLine => ({
  kind: row.kind,
  customer: row.customer,
  serviceProvider: row.service_provider,
  usagePeriod: row.usage_period,
  ...(row.certificate_class !== null && { certificateClass: row.certificate_class }),
  ...(row.carrier !== null && { carrier: row.carrier }),
  ...(row.channel !== null && { channel: row.channel }),
  ...(row.purpose !== null && { purpose: row.purpose }),
  ...(row.unit_price !== null && { unitPrice: BigInt(row.unit_price) }),
  ...(row.tier !== null && { tier: row.tier }),
  tariffId: row.tariff_id,
  ...(row.waiver_id !== null && { waiverId: row.waiver_id }),
  taxCategory: row.tax_category,
  quantity: BigInt(row.quantity),
  listAmount: BigInt(row.list_amount),
  waiverAmount: BigInt(row.waiver_amount),
  amountDue: BigInt(row.amount_due),
});

/** Yen are decimal strings: JSON's numbers may not hold them. */
export const rowOfLine = (line: StatementLine, ordinal: number): object => ({
  ordinal,
  kind: line.kind,
  service_provider: line.serviceProvider,
  usage_period: line.usagePeriod,
  certificate_class: line.certificateClass,
  carrier: line.carrier,
  channel: line.channel,
  purpose: line.purpose,
  unit_price: line.unitPrice?.toString(),
  tier: line.tier,
  tariff_id: line.tariffId,
  waiver_id: line.waiverId,
  tax_category: line.taxCategory,
  quantity: line.quantity.toString(),
  list_amount: line.listAmount.toString(),
  waiver_amount: line.waiverAmount.toString(),
  amount_due: line.amountDue.toString(),
});
