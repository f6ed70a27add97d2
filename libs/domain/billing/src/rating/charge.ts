import type { BillingPeriod } from '@kakunin/calendar';
import type { PriceList } from '../prices/price-list.ts';
import type { PricedBy } from '../prices/pricing-scope.ts';
import type { Tariff, Waiver } from '../prices/tariff.ts';
import { isChargeable } from './chargeable-outcomes.ts';
import type { FirstChecks, RatableCount } from './usage-count.ts';

/**
 * The chargeable checks of one customer in a month that one tariff prices, under one waiver or none. Tiers count the
 * checks of one charge: those that are waived neither fill the tiers of those that are not, nor are they filled by them.
 */
export interface Charge {
  readonly customer: string;
  readonly usagePeriod: BillingPeriod;
  readonly tariff: Tariff;
  readonly waiver: Waiver | undefined;
  /** By what usage is priced by. */
  readonly parts: ReadonlyMap<string, ChargePart>;
}

export interface ChargePart extends Omit<PricedBy, 'customer'> {
  /** Above 0. */
  readonly quantity: bigint;
  /** Absent: not all of them know it. */
  readonly firstChecks?: FirstChecks;
}

/** @throws BillingError `no_tariff` */
export function chargesOf(
  counts: Iterable<RatableCount>,
  prices: PriceList,
  usagePeriod: BillingPeriod,
): readonly Charge[] {
  const charges = new Map<string, Charge & { readonly parts: Map<string, ChargePart> }>();
  for (const count of counts) {
    if (!isChargeable(count.outcome) || count.quantity === 0n) continue;
    const usage = { ...count, customer: count.platformProvider };
    const tariff = prices.tariffFor(usage);
    const waiver = prices.waiverFor(usage);
    const key = [usage.customer, tariff.id, waiver?.id].join('\0');
    const charge = charges.get(key) ?? { customer: usage.customer, usagePeriod, tariff, waiver, parts: new Map() };
    charges.set(key, charge);
    addPart(charge.parts, count);
  }
  return [...charges.values()];
}

function addPart(parts: Map<string, ChargePart>, count: RatableCount): void {
  const part = partOf(count);
  const key = [part.serviceProvider, part.certificateClass, part.carrier, part.channel, part.purpose].join('\0');
  const known = parts.get(key);
  parts.set(key, known ? sumOf(known, part) : part);
}

const partOf = (count: RatableCount): ChargePart => ({
  serviceProvider: count.serviceProvider,
  certificateClass: count.certificateClass,
  carrier: count.carrier,
  channel: count.channel,
  purpose: count.purpose,
  quantity: count.quantity,
  ...(count.firstChecks && { firstChecks: count.firstChecks }),
});

function sumOf({ firstChecks: first, ...one }: ChargePart, other: ChargePart): ChargePart {
  const second = other.firstChecks;
  return {
    ...one,
    quantity: one.quantity + other.quantity,
    ...(first && second && { firstChecks: { month: first.month + second.month, year: first.year + second.year } }),
  };
}
