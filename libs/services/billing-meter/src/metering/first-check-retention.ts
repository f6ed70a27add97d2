import { type BillingPeriod, billingPeriodBounds, type Clock } from '@kakunin/calendar';
import type { Database } from '@kakunin/postgres';
import { Rounds } from '@kakunin/runtime';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';

/** The periods that are there, each found by one step into the index: the table is large. */
const PERIODS = `
  WITH RECURSIVE found AS (
    (SELECT period FROM first_check ORDER BY period LIMIT 1)
    UNION ALL
    SELECT (SELECT next.period FROM first_check AS next WHERE next.period > found.period ORDER BY next.period LIMIT 1)
    FROM found WHERE found.period IS NOT NULL
  )
  SELECT period FROM found WHERE period IS NOT NULL`;

/** A part at a time, so that no transaction is long. */
const FORGET_SOME = `
  DELETE FROM first_check
  WHERE ctid = ANY (ARRAY(SELECT ctid FROM first_check WHERE period = $1 LIMIT 50000))`;

const DAY = 86_400_000;

const HOUR = 3_600_000;

export interface FirstCheckRetentionInput {
  readonly database: Pick<Database, 'query' | 'whenReady'>;
  readonly clock: Clock;
  /** Objection period after the end of a month or year. */
  readonly days: number;
}

/** Removes what first checks were recognised by, once the objection period of their month or year is over. */
export class FirstCheckRetention implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #input: FirstCheckRetentionInput;
  readonly #rounds: Rounds;

  constructor(input: FirstCheckRetentionInput) {
    this.#input = input;
    this.#rounds = new Rounds({
      interval: HOUR,
      work: (signal) => this.forget(input.clock.now(), signal),
      // A database that is away is told by its own check; an hour later is soon enough.
      onFault: () => undefined,
    });
  }

  onApplicationBootstrap(): void {
    this.#rounds.startAfter(this.#input.database.whenReady());
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.#rounds.stop();
  }

  /** @param now epoch ms. @param signal ends it between two parts. @throws DatabaseError `database_unavailable` */
  async forget(now: number, signal?: AbortSignal): Promise<void> {
    const { database, days } = this.#input;
    const { rows } = await database.query<{ period: string }>(PERIODS);
    for (const { period } of rows) {
      if (now < endOf(period) + days * DAY) continue;
      for (let removed: number | null = null; removed !== 0; signal?.throwIfAborted())
        removed = (await database.query(FORGET_SOME, [period])).rowCount;
    }
  }
}

/** @param period a month, `2026-11`, or a year, `2026`; epoch ms */
const endOf = (period: string): number =>
  billingPeriodBounds((period.length === 4 ? `${period}-12` : period) as BillingPeriod).end;
