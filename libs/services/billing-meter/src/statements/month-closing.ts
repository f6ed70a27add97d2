import {
  beginClosing,
  type BillingMonth,
  type ClosingBlocker,
  type ClosingMonth,
  type ProducerProgress,
  usageBlockers,
} from '@kakunin/billing';
import type { BillingPeriod } from '@kakunin/calendar';
import { Database } from '@kakunin/postgres';
import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '../database/audit.ts';
import { ProducerStore } from '../metering/producer-store.ts';
import { PriceStore } from '../prices/price-store.ts';
import { ClosingError } from './closing-error.ts';
import { earlierMonths } from './closing-reads.ts';
import { MonthStore } from './month-store.ts';
import { StatementClosing, type StatementPreview } from './statement-closing.ts';
import { StatementDrafts } from './statement-drafts.ts';

/** A month before its end: what would be closed now, and what keeps it from that. */
export interface MonthPreview {
  readonly month: BillingMonth;
  /** Of the month; each statement has its own. */
  readonly blockers: readonly ClosingBlocker[];
  /** By customer, those alone that have something to be billed, or cannot be rated. */
  readonly statements: readonly (StatementPreview & { readonly customer: string })[];
}

/** Takes months from open to closed. */
@Injectable()
export class MonthClosing {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(MonthStore) private readonly months: MonthStore,
    @Inject(PriceStore) private readonly prices: PriceStore,
    @Inject(ProducerStore) private readonly producers: ProducerStore,
    @Inject(StatementDrafts) private readonly drafts: StatementDrafts,
    @Inject(StatementClosing) private readonly statements: StatementClosing,
  ) {}

  /**
   * open → closing. A month that is closing or closed stays as it is.
   * @throws ClosingError `month_not_over` | `month_passed` | `issuer_incomplete`
   */
  async begin(period: BillingPeriod, actor: Actor): Promise<BillingMonth> {
    const known = await this.months.read(period);
    if (known.state !== 'open') return known;
    const begun = beginClosing(known, actor.at);
    if (!begun.done) throw ClosingError.notOver(period);
    if (this.statements.issuerBlockers().length > 0) throw ClosingError.issuerIncomplete();
    const closed = (await this.months.begun()).findLast(({ state }) => state === 'closed');
    if (closed && closed.period > period) throw ClosingError.passed(period, closed.period);
    return this.months.begin({ ...begun.to, pricesKnownAt: await this.prices.settle(actor.at) }, actor);
  }

  /**
   * Takes prices as they are known now for what is not closed yet of a month that is closing: usage that had no price
   * when it began would keep it from ever being closed. Of any other month nothing changes.
   */
  async reprice(period: BillingPeriod, actor: Actor): Promise<void> {
    const { state } = await this.months.read(period);
    if (state === 'closing') await this.months.reprice(period, await this.prices.settle(actor.at), actor);
  }

  /**
   * Closes what can be closed of all months that are closing, once however many meters try.
   * @param now epoch ms
   * @param signal ends it between two statements, with the signal's reason
   * @returns what they still wait for, by month
   */
  async proceed(now: number, signal?: AbortSignal): Promise<ReadonlyMap<BillingPeriod, readonly ClosingBlocker[]>> {
    const blockers = new Map<BillingPeriod, readonly ClosingBlocker[]>();
    await this.database.withLock('billing-closing', async () => {
      for (const month of await this.months.begun())
        if (month.state === 'closing') blockers.set(month.period, await this.#proceedWith(month, now, signal));
    });
    return blockers;
  }

  /** What is not closed of the month, as it stands now; prices are those of now unless it is closing, or they are asked for. */
  async preview(period: BillingPeriod, now: number, pricesOfNow = false): Promise<MonthPreview> {
    const month = await this.months.read(period);
    if (month.state === 'closed') return { month, blockers: [], statements: [] };
    const pricesKnownAt = month.state === 'closing' && !pricesOfNow ? month.pricesKnownAt : Number.MAX_SAFE_INTEGER;
    const begun = month.state === 'closing' ? undefined : beginClosing(month, now);
    const blockers = [
      ...(begun?.done === false ? begun.blockers : []),
      ...(await this.#monthBlockers(period, await this.producers.progress())),
    ];
    const statements = [];
    for (const customer of await this.#customers(period, pricesKnownAt)) {
      const preview = await this.statements.preview({ customer, period, pricesKnownAt });
      if (preview.statement || preview.blockers.length > 0) statements.push({ customer, ...preview });
    }
    return { month, blockers, statements };
  }

  async #proceedWith(month: ClosingMonth, now: number, signal?: AbortSignal): Promise<readonly ClosingBlocker[]> {
    const producers = await this.producers.progress();
    const blockers = [...(await this.#monthBlockers(month.period, producers))];
    if (blockers.length > 0) return blockers;
    // A clock that was set back does not make a statement older than its prices.
    const at = Math.max(now, month.pricesKnownAt);
    for (const customer of await this.#customers(month.period, month.pricesKnownAt)) {
      signal?.throwIfAborted();
      const outcome = await this.statements.close({ month, customer, producers, now: at });
      if (outcome.state === 'blocked') blockers.push(...outcome.blockers);
    }
    if (blockers.length === 0) await this.months.close(month.period, at);
    return blockers;
  }

  async #monthBlockers(
    period: BillingPeriod,
    producers: readonly ProducerProgress[],
  ): Promise<readonly ClosingBlocker[]> {
    const earlier = await this.database.transaction((client) => earlierMonths(client, period));
    return [
      ...earlier.map((open) => ({ reason: 'earlier_month_open' as const, period: open })),
      ...usageBlockers(producers, period),
      ...this.statements.issuerBlockers(),
    ];
  }

  #customers(period: BillingPeriod, pricesKnownAt: number): Promise<readonly string[]> {
    return this.database.transaction((client) => this.drafts.customers(client, period, pricesKnownAt));
  }
}
