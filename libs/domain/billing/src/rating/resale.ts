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
  /** Quantities are those of the fee, not once more for the margin. */
  readonly totals: Totals & { readonly passThrough: bigint; readonly margin: bigint };
}

export interface MarginInput {
  readonly platformProvider: string;
  readonly period: BillingPeriod;
  /** All usage of the month, at least of the platform provider. */
  readonly counts: Iterable<RatableCount>;
  /** Its own prices, on top; their customer is the service provider. */
  readonly prices: PriceList;
}

/**
 * What a platform provider adds for a month: lines whose customer is the service provider. What it checked for itself it
 * bears itself.
 * @throws BillingError as {@link rateUsage}: `no_tariff` also for usage without a margin, as one of 0 yen must be said
 */
export function rateMargin({ counts, platformProvider, prices, period }: MarginInput): readonly StatementLine[] {
  const resold = [...counts]
    .filter((count) => count.platformProvider === platformProvider && count.serviceProvider !== '')
    .map((count) => ({ ...count, platformProvider: count.serviceProvider, serviceProvider: '' }));
  return rateUsage({ counts: resold, prices, period });
}

export interface ResaleInput {
  readonly platformProvider: string;
  readonly period: BillingPeriod;
  /** What it is billed itself: its lines as they are rated, or those of its closed statement. */
  readonly billed: readonly StatementLine[];
  /** Of {@link rateMargin}, and what came late of earlier months. */
  readonly margin: readonly StatementLine[];
}

/**
 * A platform provider's bills for its service providers, by code. Its own minimum and cap it bears itself.
 */
export function resaleStatementsOf({
  platformProvider,
  period,
  billed,
  margin,
}: ResaleInput): readonly ResaleStatement[] {
  const lines: readonly ResaleLine[] = [
    ...billed
      .filter(({ customer, serviceProvider }) => customer === platformProvider && serviceProvider !== '')
      .map((line) => ({
        ...line,
        customer: line.serviceProvider,
        serviceProvider: '',
        charge: 'pass_through' as const,
      })),
    ...margin.map((line) => ({ ...line, charge: 'margin' as const })),
  ];
  return [...Map.groupBy(lines, ({ customer }) => customer)]
    .map(([customer, own]) => ({
      issuer: platformProvider,
      customer,
      period,
      lines: own,
      totals: resaleTotalsOf(own),
    }))
    .sort((one, other) => (one.customer < other.customer ? -1 : 1));
}

function resaleTotalsOf(lines: readonly ResaleLine[]): ResaleStatement['totals'] {
  const cost = totalsOf(lines.filter(({ charge }) => charge === 'pass_through'));
  const added = totalsOf(lines.filter(({ charge }) => charge === 'margin'));
  return { ...totalsOf(lines), quantity: cost.quantity, passThrough: cost.amountDue, margin: added.amountDue };
}
