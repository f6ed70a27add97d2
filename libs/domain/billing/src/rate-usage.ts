import { isChargeable } from './chargeable-outcomes.ts';
import type { PriceList } from './price-list.ts';
import type { StatementLine } from './statement.ts';
import type { Tariff, Waiver } from './tariff.ts';
import type { RatableCount } from './usage-count.ts';

/** The order of lines on a statement, and of the columns that say what a line is about. */
const ORDER = [
  'customer',
  'serviceProvider',
  'certificateClass',
  'carrier',
  'channel',
  'purpose',
  'unitPrice',
  'tariffId',
  'waiverId',
] as const;

/**
 * Prices usage. Every chargeable count is in exactly one line; lines differ in at least one of customer, service
 * provider, class, carrier, channel, purpose, tariff and waiver, and come in that order (by code unit), so that the
 * same usage makes the same statement, in whatever order and pieces it was counted.
 * @param counts no price may change within the span that a count sums up ({@link PriceList.changesWithin})
 * @throws BillingError `no_tariff`
 */
export function rateUsage(counts: Iterable<RatableCount>, prices: PriceList): readonly StatementLine[] {
  const rated = new Map<string, { subject: Subject; quantity: bigint }>();
  for (const count of counts) {
    if (!isChargeable(count.outcome)) continue;
    const usage = { ...count, customer: count.platformProvider };
    const subject = subjectOf(usage, prices.tariffFor(usage), prices.waiverFor(usage));
    const key = ORDER.map((column) => subject[column]).join('\0');
    const line = rated.get(key) ?? { subject, quantity: 0n };
    rated.set(key, { ...line, quantity: line.quantity + count.quantity });
  }
  return [...rated.values()].map(price).sort(byOrder);
}

type Subject = Omit<StatementLine, 'quantity' | 'listAmount' | 'waiverAmount' | 'amountDue'>;

const subjectOf = (
  usage: RatableCount & { readonly customer: string },
  tariff: Tariff,
  waiver: Waiver | undefined,
): Subject => ({
  customer: usage.customer,
  serviceProvider: usage.serviceProvider,
  certificateClass: usage.certificateClass,
  carrier: usage.carrier,
  channel: usage.channel,
  purpose: usage.purpose,
  unitPrice: tariff.unitPrice,
  tariffId: tariff.id,
  ...(waiver && { waiverId: waiver.id }),
});

function price({ subject, quantity }: { subject: Subject; quantity: bigint }): StatementLine {
  const listAmount = quantity * subject.unitPrice;
  const waiverAmount = subject.waiverId === undefined ? 0n : -listAmount;
  return { ...subject, quantity, listAmount, waiverAmount, amountDue: listAmount + waiverAmount };
}

function byOrder(one: StatementLine, other: StatementLine): number {
  for (const column of ORDER) {
    const [left, right] = [one[column] ?? '', other[column] ?? ''];
    if (left !== right) return left < right ? -1 : 1;
  }
  return 0;
}
