import type { BillingPeriod } from '@kakunin/calendar';
import type { PriceList } from '../prices/price-list.ts';
import { type StatementLine, type Totals, totalsOf } from '../statements/statement-line.ts';
import { rateUsage } from './rate-usage.ts';
import type { RatableCount } from './usage-count.ts';

/**
 * - `pass_through`: what the platform provider is billed for this service provider, to the yen.
 * - `margin`: what the platform provider adds by its own prices.
 */
export type ResaleCharge = 'pass_through' | 'margin';

export interface ResaleLine extends StatementLine {
  readonly charge: ResaleCharge;
}

/** What a platform provider bills one service provider for a month, before tax. */
export interface ResaleStatement {
  /** Code of the platform provider that bills. */
  readonly issuer: string;
  /** Code of the service provider that is billed. */
  readonly customer: string;
  readonly period: BillingPeriod;
  /** What is passed through, then the margin. */
  readonly lines: readonly ResaleLine[];
  /** Quantities are those of the checks, not once more for the margin. */
  readonly totals: Totals & { readonly passThrough: bigint; readonly margin: bigint };
}

export interface ResaleInput {
  readonly platformProvider: string;
  readonly period: BillingPeriod;
  /** All usage of the month, at least of the platform provider: also what it checked for itself, as it fills a pool. */
  readonly counts: Iterable<RatableCount>;
  /** By what the platform provider is billed. */
  readonly wholesale: PriceList;
  /** Its own prices, on top; their customer is the service provider. */
  readonly resale: PriceList;
}

/**
 * A platform provider's bills for its service providers, by code. What it checked for itself, and its own minimum and
 * cap, it bears itself.
 * @throws BillingError as {@link rateUsage}: `no_tariff` also for usage without a margin, as one of 0 yen must be said
 */
export function rateResale(input: ResaleInput): readonly ResaleStatement[] {
  const counts = [...input.counts].filter(({ platformProvider }) => platformProvider === input.platformProvider);
  const lines = [...passThrough(input, counts), ...margin(input, counts)];
  return [...Map.groupBy(lines, ({ customer }) => customer)]
    .map(([customer, own]) => ({
      issuer: input.platformProvider,
      customer,
      period: input.period,
      lines: own,
      totals: resaleTotalsOf(own),
    }))
    .sort((one, other) => (one.customer < other.customer ? -1 : 1));
}

const passThrough = ({ wholesale, period }: ResaleInput, counts: readonly RatableCount[]): readonly ResaleLine[] =>
  rateUsage({ counts, prices: wholesale, period })
    .filter(({ serviceProvider }) => serviceProvider !== '')
    .map((line) => ({ ...line, customer: line.serviceProvider, serviceProvider: '', charge: 'pass_through' }));

function margin({ resale, period }: ResaleInput, counts: readonly RatableCount[]): readonly ResaleLine[] {
  const resold = counts
    .filter(({ serviceProvider }) => serviceProvider !== '')
    .map((count) => ({ ...count, platformProvider: count.serviceProvider, serviceProvider: '' }));
  return rateUsage({ counts: resold, prices: resale, period }).map((line) => ({ ...line, charge: 'margin' }));
}

function resaleTotalsOf(lines: readonly ResaleLine[]): ResaleStatement['totals'] {
  const cost = totalsOf(lines.filter(({ charge }) => charge === 'pass_through'));
  const added = totalsOf(lines.filter(({ charge }) => charge === 'margin'));
  return { ...totalsOf(lines), quantity: added.quantity, passThrough: cost.amountDue, margin: added.amountDue };
}
