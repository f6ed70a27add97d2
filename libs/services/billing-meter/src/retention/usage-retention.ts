import { type BillingPeriod, billingPeriodBounds, billingPeriodOf, type Clock, jstDateOf } from '@kakunin/calendar';
import { OBJECT_STORE } from '@kakunin/object-store';
import type { ObjectStore } from '@kakunin/objects';
import { Database } from '@kakunin/postgres';
import { CLOCK, CONFIG } from '@kakunin/runtime';
import { Inject, Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import type { BillingMeterConfig } from '../config.ts';
import { type Actor, recordAuditWithin } from '../database/audit.ts';
import { earlierMonths, lateUsage } from '../statements/closing-reads.ts';
import { RetentionError } from './retention-error.ts';

/** Of one call, so that no transaction is long: objects, and rows of counts by the minute. */
const OBJECTS = 1_000;
const MINUTES = 100_000;
const DAY = 86_400_000;

/** All segments of an object were counted on the day that its name says; one that was not keeps it. */
const OLDEST = `
  SELECT object, count(*)::integer AS segments FROM usage_segment
  WHERE object COLLATE "C" < $1 GROUP BY object COLLATE "C", object HAVING max(counted_at) < $2
  ORDER BY object COLLATE "C" LIMIT ${OBJECTS}`;

const FORGET_OBJECTS = `
  UPDATE usage_segment SET object = NULL, object_offset = NULL, object_length = NULL
  WHERE object COLLATE "C" = ANY ($1)`;

const COUNT_MINUTES = `SELECT count(*)::integer AS minutes FROM (
  SELECT FROM usage_count WHERE minute < $1 LIMIT ${MINUTES}) AS old`;

const FORGET_MINUTES = `
  DELETE FROM usage_count WHERE ctid = ANY (ARRAY(SELECT ctid FROM usage_count WHERE minute < $1 LIMIT ${MINUTES}))`;

const REMOVED = `
  INSERT INTO usage_retention AS known (removed_until) VALUES ($1)
  ON CONFLICT (one) DO UPDATE SET removed_until = greatest(known.removed_until, excluded.removed_until)`;

const PENDING = 'SELECT count(*) AS n FROM ledger_pending WHERE earliest_day < $1::date';
const MISSING = `
  SELECT coalesce(sum(highest_sequence - segment_count - given_up), 0) AS n FROM usage_producer
  WHERE highest_sequence - segment_count > given_up`;

export interface Removal {
  /** The first month that is kept. */
  readonly before: BillingPeriod;
  readonly objects: number;
  readonly segments: number;
  /** Rows of counts by the minute. */
  readonly minutes: number;
  /** Whether there is more: call again. */
  readonly more: boolean;
}

export interface RemovalInput {
  readonly before: BillingPeriod;
  readonly reason: string;
  readonly actor: Actor;
}

/**
 * Removes raw records and counts by the minute of months that nobody has to keep any more. Ledgers, sums by day,
 * statements, and which segments were counted, stay for ever. Nothing is removed by itself.
 */
@Injectable()
export class UsageRetention {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(OBJECT_STORE) private readonly store: ObjectStore,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG)
    private readonly config: Pick<BillingMeterConfig, 'usageRetentionYears' | 'firstCheckRetentionDays'>,
  ) {}

  /** What a first call of {@link remove} would remove. @throws RetentionError */
  preview(before: BillingPeriod): Promise<Removal> {
    return this.database.snapshot(async (client) => {
      await this.#mustBeFree(client, before);
      const objects = await oldest(client, before);
      const { rows } = await client.query<{ minutes: number }>(COUNT_MINUTES, [startOf(before)]);
      return removalOf(before, objects, rows[0]?.minutes ?? 0);
    });
  }

  /**
   * One part, with its trace in the audit. Objects go before the rows that name them are committed: broken off, some rows
   * name objects that are gone, until it is called again.
   * @throws RetentionError; ObjectError `store_unavailable`; DatabaseError `database_unavailable`
   */
  async remove({ before, reason, actor }: RemovalInput): Promise<Removal> {
    const done = await this.database.withLock('usage-retention', () =>
      this.database.transaction(async (client) => {
        await this.#mustBeFree(client, before);
        const objects = await oldest(client, before);
        const names = objects.map(({ object }) => object);
        await client.query(REMOVED, [before]);
        await client.query(FORGET_OBJECTS, [names]);
        const minutes = (await client.query(FORGET_MINUTES, [startOf(before)])).rowCount ?? 0;
        const removal = removalOf(before, objects, minutes);
        await recordAuditWithin(client, actor, { action: 'usage.remove', subject: { ...removal, reason } });
        await this.store.remove(...names);
        return removal;
      }),
    );
    if (!done) throw new RetentionError('removal_under_way', 'Somebody else is removing usage. Try again.');
    return done.result;
  }

  /** The first month whose raw records are all there; undefined: nothing was ever removed. */
  async removedUntil(): Promise<BillingPeriod | undefined> {
    const { rows } = await this.database.query<{ period: BillingPeriod }>(
      'SELECT removed_until AS period FROM usage_retention',
    );
    return rows[0]?.period;
  }

  /** @throws RetentionError `removed`: raw records of the month are not there any more */
  async mustBeThere(month: string): Promise<void> {
    const until = await this.removedUntil();
    if (until === undefined || month >= until) return;
    throw new RetentionError(
      'removed',
      `Raw records and hours before ${until} were removed when they need not be kept.`,
    );
  }

  async #mustBeFree(client: PoolClient, before: BillingPeriod): Promise<void> {
    const now = this.clock.now();
    const { usageRetentionYears: years, firstCheckRetentionDays: days } = this.config;
    const [year = '', month = ''] = billingPeriodOf(now).split('-');
    const limit = `${Number(year) - years}-${month}`;
    if (before > limit) throw RetentionError.tooYoung(limit, years);
    const { start } = billingPeriodBounds(before);
    if (start + days * DAY > now) throw RetentionError.tooYoung(limit, years);
    const [open] = await earlierMonths(client, before);
    if (open) throw RetentionError.needed(`${open} is not closed`);
    const [late] = await lateUsage(client, before);
    if (late) throw RetentionError.needed(`usage of ${late.period} came late and is on no statement yet`);
    if ((await numberOf(client, PENDING, [jstDateOf(start)])) > 0)
      throw RetentionError.needed('usage of that time is not in its ledger yet');
    if ((await numberOf(client, MISSING)) > 0) throw RetentionError.needed('segments of a producer are missing');
  }
}

interface OldObject {
  readonly object: string;
  readonly segments: number;
}

/** Records bear a time of at most a day after they were counted: what was counted on the last day is kept. */
async function oldest(client: PoolClient, before: BillingPeriod): Promise<readonly OldObject[]> {
  const end = billingPeriodBounds(before).start - DAY;
  const key = `usage/${jstDateOf(end).replaceAll('-', '/')}`;
  return (await client.query<OldObject>(OLDEST, [key, new Date(end)])).rows;
}

const removalOf = (before: BillingPeriod, objects: readonly OldObject[], minutes: number): Removal => ({
  before,
  objects: objects.length,
  segments: objects.reduce((sum, { segments }) => sum + segments, 0),
  minutes,
  more: objects.length === OBJECTS || minutes === MINUTES,
});

const startOf = (period: BillingPeriod): Date => new Date(billingPeriodBounds(period).start);

const numberOf = async (client: PoolClient, text: string, values: unknown[] = []): Promise<number> =>
  Number((await client.query<{ n: string }>(text, values)).rows[0]?.n ?? 0);
