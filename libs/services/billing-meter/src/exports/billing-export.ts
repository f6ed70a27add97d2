import {
  type PriceList,
  rateUsage,
  type Statement,
  statementsOf,
  type Tariff,
  type Totals,
  totalsOf,
  type Waiver,
} from '@kakunin/billing';
import { type BillingPeriod, billingPeriodBounds } from '@kakunin/calendar';
import type { UsageSums } from '../metering/usage-store.ts';

/** A month as it is billed: the same usage and prices make the same export, byte for byte. */
export interface BillingExport {
  readonly period: BillingPeriod;
  /** `open`: the month is not over in Japan. `ended`: it is, but late segments may still arrive. */
  readonly state: 'open' | 'ended';
  /** Everything counted until then is in it (epoch ms); undefined: nothing was counted yet. */
  readonly asOf: number | undefined;
  /** Those that its lines name. */
  readonly tariffs: readonly Tariff[];
  readonly waivers: readonly Waiver[];
  readonly statements: readonly Statement[];
  readonly totals: Totals;
}

export interface ExportInput {
  readonly period: BillingPeriod;
  readonly usage: UsageSums;
  readonly prices: PriceList;
  /** Epoch ms. */
  readonly now: number;
}

/** @throws BillingError `no_tariff` */
export function billingExportOf({ period, usage, prices, now }: ExportInput): BillingExport {
  const lines = rateUsage({ counts: usage.counts, prices, period });
  const named = new Set(lines.flatMap(({ tariffId, waiverId }) => [`tariff ${tariffId}`, `waiver ${waiverId}`]));
  return {
    period,
    state: now < billingPeriodBounds(period).end ? 'open' : 'ended',
    asOf: usage.asOf,
    tariffs: prices.tariffs.filter(({ id }) => named.has(`tariff ${id}`)),
    waivers: prices.waivers.filter(({ id }) => named.has(`waiver ${id}`)),
    statements: statementsOf(lines, period),
    totals: totalsOf(lines),
  };
}
