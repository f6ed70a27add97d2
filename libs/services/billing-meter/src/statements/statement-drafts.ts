import {
  type LateMonth,
  compareLines,
  differenceOf,
  type LedgerHead,
  type PriceList,
  priceListHash,
  rateUsage,
  type Statement,
  type StatementLine,
  totalsOf,
} from '@kakunin/billing';
import { type BillingPeriod, billingPeriodBounds } from '@kakunin/calendar';
import { Inject, Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { UsageStore } from '../metering/usage-store.ts';
import { PriceStore } from '../prices/price-store.ts';
import { type BilledUsage, unbilledUsage } from './billed-usage.ts';
import { billedFor, customersOf, ledgerHead, lateUsage } from './closing-reads.ts';

/** What a statement would say if it were closed on what a transaction sees. */
export interface StatementDraft {
  readonly statement: Statement;
  readonly priceListHash: string;
  readonly lateMonths: readonly LateMonth[];
  readonly ledger: LedgerHead | undefined;
  /** What its lines of usage are of. */
  readonly usage: readonly BilledUsage[];
}

export interface DraftInput {
  readonly customer: string;
  readonly period: BillingPeriod;
  /** Epoch ms; of an instant that is settled they are the same for ever. */
  readonly pricesKnownAt: number;
}

/** Rates what a customer is to be billed: its month, and what came late of the months before. */
@Injectable()
export class StatementDrafts {
  constructor(
    @Inject(UsageStore) private readonly usage: UsageStore,
    @Inject(PriceStore) private readonly prices: PriceStore,
  ) {}

  /** Who has something to be billed, perhaps: by usage of the month, late usage, or a minimum of its own. */
  async customers(client: PoolClient, period: BillingPeriod, pricesKnownAt: number): Promise<readonly string[]> {
    const { start, end } = billingPeriodBounds(period);
    const { commitments } = await this.prices.asKnownAt(pricesKnownAt);
    const committed = commitments
      .filter(({ validFrom, validTo }) => validFrom < end && (validTo ?? end) > start)
      .flatMap(({ scope }) => scope.customer ?? []);
    const late = (await lateUsage(client, period)).map(({ customer }) => customer);
    return [...new Set([...(await customersOf(client, period)), ...late, ...committed])].sort();
  }

  /**
   * All reads are of the transaction that is given.
   * @returns undefined: there is nothing to be billed
   * @throws BillingError as `rateUsage`
   */
  async draft(
    client: PoolClient,
    { customer, period, pricesKnownAt }: DraftInput,
  ): Promise<StatementDraft | undefined> {
    const lateMonths: LateMonth[] = [];
    const late: StatementLine[] = [];
    for (const { period: month, pricesKnownAt: knownAt } of await lateUsage(client, period, customer)) {
      if (knownAt === undefined) continue;
      const prices = await this.prices.asKnownAt(knownAt);
      late.push(...(await this.#unbilled(client, { customer, period: month, prices })));
      const hash = priceListHash(prices, customer);
      lateMonths.push({ period: month, pricesKnownAt: knownAt, priceListHash: hash });
    }
    const prices = await this.prices.asKnownAt(pricesKnownAt);
    const own = await this.#unbilled(client, { customer, period, prices });
    const lines = [...late, ...own].sort(compareLines);
    if (lines.length === 0) return undefined;
    return {
      statement: { customer, period, lines, totals: totalsOf(lines) },
      priceListHash: priceListHash(prices, customer),
      lateMonths,
      ledger: await ledgerHead(client, customer),
      usage: await unbilledUsage(client, customer, [...lateMonths.map(({ period: month }) => month), period]),
    };
  }

  /** Also of the month itself: a statement of a later one may have billed some of it as late, before it was closed. */
  async #unbilled(client: PoolClient, month: RatedMonth): Promise<readonly StatementLine[]> {
    return differenceOf(await this.rated(client, month), await billedFor(client, month.customer, month.period));
  }

  /** What all usage of the customer in the month costs, whenever it came. @throws BillingError as `rateUsage` */
  async rated(client: PoolClient, { customer, period, prices }: RatedMonth): Promise<readonly StatementLine[]> {
    const { start, end } = billingPeriodBounds(period);
    const spans = [start, ...prices.changesWithin({ start, end })];
    const { counts } = await this.usage.sumsWithin(client, { spans, end, customer });
    // A minimum of another customer is owed without usage, and is on its own statement.
    return rateUsage({ counts, prices, period }).filter((line) => line.customer === customer);
  }
}

interface RatedMonth {
  readonly customer: string;
  readonly period: BillingPeriod;
  readonly prices: PriceList;
}
