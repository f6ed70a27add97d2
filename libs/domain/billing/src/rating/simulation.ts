import { type BillingPeriod, jstStartOfDay } from '@kakunin/calendar';
import { BillingError } from '../billing-error.ts';
import { type EffectiveDated, END_OF_YEAR_9999 } from '../prices/effective-dated.ts';
import type { Price } from '../prices/price.ts';
import { PriceList } from '../prices/price-list.ts';
import { type StatementLine, totalsOf } from '../statements/statement-line.ts';
import { rateUsage, type RatingInput } from './rate-usage.ts';
import type { RatableCount } from './usage-count.ts';

/**
 * What might be otherwise; what several assume holds together, in their order.
 * - `fee_resumes`: no waiver holds from a midnight in Asia/Tokyo on (epoch ms); with `waiverId`, that one alone.
 * - `crl_instead_of_ocsp`: what was asked of OCSP from a midnight in Asia/Tokyo on (epoch ms) is looked up in a CRL.
 * - `price_replaced`: a tariff has another price.
 */
export type Assumption =
  | { readonly kind: 'fee_resumes'; readonly on: number; readonly waiverId?: string }
  | { readonly kind: 'crl_instead_of_ocsp'; readonly from: number }
  | { readonly kind: 'price_replaced'; readonly tariffId: string; readonly price: Price };

export interface SimulationInput extends RatingInput {
  /** Each count is of one of {@link spansUnder} them. */
  readonly assumptions: readonly Assumption[];
}

/** Yen, before tax. */
export interface SimulatedAmount {
  /** What is due. */
  readonly present: bigint;
  /** What would be due. */
  readonly simulated: bigint;
  /** `simulated` − `present`. */
  readonly difference: bigint;
}

export interface SimulationRow extends SimulatedAmount {
  readonly customer: string;
  /** Empty: the customer for itself and as a whole. */
  readonly serviceProvider: string;
  /** Chargeable checks. */
  readonly quantity: bigint;
}

export interface Simulation {
  readonly period: BillingPeriod;
  /** By customer and service provider. */
  readonly rows: readonly SimulationRow[];
  readonly total: SimulatedAmount;
}

/**
 * What a month would have cost.
 * @throws BillingError as {@link rateUsage} and {@link pricesUnder}
 */
export function simulate({ counts, assumptions, ...input }: SimulationInput): Simulation {
  const usage = [...counts];
  const present = rateUsage({ ...input, counts: usage });
  const prices = pricesUnder(input.prices, assumptions);
  const simulated = rateUsage({ ...input, prices, counts: countsUnder(usage, assumptions) });
  const before = Map.groupBy(present, rowKey);
  const after = Map.groupBy(simulated, rowKey);
  return {
    period: input.period,
    rows: [...new Set([...before.keys(), ...after.keys()])].sort().map((key) => {
      const [customer = '', serviceProvider = ''] = key.split('\0');
      const [now = [], then = []] = [before.get(key), after.get(key)];
      return { customer, serviceProvider, quantity: totalsOf(then).quantity, ...compare(now, then) };
    }),
    total: compare(present, simulated),
  };
}

/**
 * The prices as they would be.
 * @throws BillingError `unknown_id`; those of {@link PriceList}
 */
export const pricesUnder = (prices: PriceList, assumptions: readonly Assumption[]): PriceList =>
  assumptions.reduce((list, assumption) => {
    if (assumption.kind === 'fee_resumes') return withoutWaivers(list, assumption);
    return assumption.kind === 'price_replaced' ? withPrice(list, assumption) : list;
  }, prices);

/**
 * Starts of the spans within which nothing changes, neither as it is nor under the assumptions: what usage may be summed
 * up by. Ascending, from `start` on; epoch ms.
 * @throws BillingError as {@link pricesUnder}; `invalid_validity`: CRLs would be asked from within a day
 */
export function spansUnder(
  prices: PriceList,
  assumptions: readonly Assumption[],
  bounds: { readonly start: number; readonly end: number },
): readonly number[] {
  const switches = assumptions.flatMap((assumption) =>
    assumption.kind === 'crl_instead_of_ocsp' ? [midnight(assumption.from)] : [],
  );
  const changes = [prices, pricesUnder(prices, assumptions)].flatMap((list) => list.changesWithin(bounds));
  const within = [...changes, ...switches].filter((instant) => bounds.start < instant && instant < bounds.end);
  return [...new Set([bounds.start, ...within])].sort((one, other) => one - other);
}

function midnight(instant: number): number {
  if (instant < END_OF_YEAR_9999 && jstStartOfDay(instant) === instant) return instant;
  throw new BillingError('invalid_validity', 'CRLs are asked from a midnight in Asia/Tokyo on.');
}

const countsUnder = (counts: readonly RatableCount[], assumptions: readonly Assumption[]): readonly RatableCount[] =>
  assumptions.reduce(
    (usage, assumption) =>
      assumption.kind === 'crl_instead_of_ocsp'
        ? usage.map((count) => (count.time >= assumption.from ? { ...count, channel: 'crl' } : count))
        : usage,
    counts,
  );

function withoutWaivers(
  { tariffs, waivers, commitments }: PriceList,
  { on, waiverId }: { readonly on: number; readonly waiverId?: string },
): PriceList {
  if (waiverId !== undefined) refuseUnknown(waivers, waiverId);
  const left = waivers.flatMap((waiver) => {
    if (waiverId !== undefined && waiver.id !== waiverId) return [waiver];
    if (waiver.validFrom >= on) return [];
    return [{ ...waiver, validTo: Math.min(on, waiver.validTo ?? on) }];
  });
  return new PriceList(tariffs, left, commitments);
}

function withPrice(
  { tariffs, waivers, commitments }: PriceList,
  { tariffId, price }: { readonly tariffId: string; readonly price: Price },
): PriceList {
  refuseUnknown(tariffs, tariffId);
  const replaced = tariffs.map((tariff) => (tariff.id === tariffId ? { ...tariff, price } : tariff));
  return new PriceList(replaced, waivers, commitments);
}

function refuseUnknown(entries: readonly EffectiveDated[], id: string): void {
  if (!entries.some((entry) => entry.id === id)) throw new BillingError('unknown_id', `There is no ${id}.`);
}

const rowKey = ({ customer, serviceProvider }: StatementLine): string => `${customer}\0${serviceProvider}`;

function compare(before: readonly StatementLine[], after: readonly StatementLine[]): SimulatedAmount {
  const present = totalsOf(before).amountDue;
  const simulated = totalsOf(after).amountDue;
  return { present, simulated, difference: simulated - present };
}
