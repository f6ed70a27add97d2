import {
  type ClosedStatement,
  differenceOf,
  type PriceList,
  rateMargin,
  rateUsage,
  type ResaleStatement,
  resaleStatementsOf,
  type StatementLine,
} from '@kakunin/billing';
import { type BillingPeriod, billingPeriodBounds, type Clock } from '@kakunin/calendar';
import { CLOCK } from '@kakunin/runtime';
import { Inject, Injectable } from '@nestjs/common';
import { UsageStore } from '../metering/usage-store.ts';
import { PriceStore } from '../prices/price-store.ts';
import { StatementStore } from '../statements/statement-store.ts';
import { type FrozenMargin, ResaleMarginStore } from './resale-margin-store.ts';

/** What a platform provider bills its service providers for a month. */
export interface ResoldMonth {
  readonly issuer: string;
  readonly period: BillingPeriod;
  /** `closed`: its own statement is, and this does not change any more. */
  readonly state: 'open' | 'closed';
  readonly statements: readonly ResaleStatement[];
}

/**
 * Passes the fee on to service providers, and adds the margin of their platform provider. Of a closed month the fee is
 * what the statement says, and the margin is frozen when it is first asked for. Usage that came later is in the next
 * month: fee and margin of it, on lines that name their month.
 */
@Injectable()
export class Reseller {
  constructor(
    @Inject(PriceStore) private readonly prices: PriceStore,
    @Inject(UsageStore) private readonly usage: UsageStore,
    @Inject(StatementStore) private readonly statements: StatementStore,
    @Inject(ResaleMarginStore) private readonly margins: ResaleMarginStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws BillingError of {@link rateMargin} */
  async month(issuer: string, period: BillingPeriod): Promise<ResoldMonth> {
    const closed = await this.statements.read({ period, customer: issuer });
    const lines = closed ? await this.#closed(closed) : await this.#open(issuer, period);
    const statements = resaleStatementsOf({ platformProvider: issuer, period, ...lines });
    return { issuer, period, state: closed ? 'closed' : 'open', statements };
  }

  async #open(issuer: string, period: BillingPeriod): Promise<Lines> {
    const fees = (await this.prices.read()).forCustomer(issuer);
    const counts = await this.#counts(issuer, period, fees);
    const margin = await this.#rated({ issuer, period, knownAt: Number.POSITIVE_INFINITY });
    return { billed: rateUsage({ counts, prices: fees, period }), margin };
  }

  async #closed(statement: ClosedStatement): Promise<Lines> {
    const { customer: issuer, period, lines: billed } = statement;
    for (;;) {
      const frozen = await this.margins.all(issuer);
      const margin = frozen.get(period) ?? (await this.#freeze(statement, frozen));
      if (margin) return { billed, margin: margin.lines };
    }
  }

  /** @returns undefined: another month was frozen meanwhile */
  async #freeze(
    { customer: issuer, period, lateMonths }: ClosedStatement,
    frozen: Frozen,
  ): Promise<FrozenMargin | undefined> {
    const pricesKnownAt = await this.prices.settle(this.clock.now(), issuer);
    const late: StatementLine[] = [];
    for (const month of lateMonths) late.push(...(await this.#late(issuer, frozen, month.period)));
    const lines = [...late, ...(await this.#rated({ issuer, period, knownAt: pricesKnownAt }))];
    const margin = { period, pricesKnownAt, lines };
    return (await this.margins.add(issuer, margin, frozen.size)) ? margin : undefined;
  }

  /** A month that nobody has asked for yet is frozen as a whole when somebody does. */
  async #late(issuer: string, frozen: Frozen, period: BillingPeriod): Promise<readonly StatementLine[]> {
    const month = frozen.get(period);
    if (!month) return [];
    const rated = await this.#rated({ issuer, period, knownAt: month.pricesKnownAt });
    const billed = [...frozen.values()].flatMap(({ lines }) => lines.filter((line) => line.usagePeriod === period));
    return differenceOf(rated, billed);
  }

  /** The margin of all usage of a month, whenever it came. */
  async #rated({ issuer, period, knownAt }: MarginOf): Promise<readonly StatementLine[]> {
    const prices = await this.prices.asKnownAt(knownAt, issuer);
    return rateMargin({ platformProvider: issuer, period, prices, counts: await this.#counts(issuer, period, prices) });
  }

  async #counts(customer: string, period: BillingPeriod, prices: PriceList) {
    const bounds = billingPeriodBounds(period);
    const spans = [bounds.start, ...prices.changesWithin(bounds)];
    return (await this.usage.sums({ spans, end: bounds.end, customer })).counts;
  }
}

type Frozen = ReadonlyMap<BillingPeriod, FrozenMargin>;

interface Lines {
  readonly billed: readonly StatementLine[];
  readonly margin: readonly StatementLine[];
}

interface MarginOf {
  readonly issuer: string;
  readonly period: BillingPeriod;
  /** Epoch ms. */
  readonly knownAt: number;
}
