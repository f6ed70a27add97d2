import type { RatableCount } from '@kakunin/billing';
import { jstDateOf } from '@kakunin/calendar';
import type { CertificateClass } from '@kakunin/usage';
import { Database } from '@kakunin/postgres';
import { Inject, Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';

export interface UsageSums {
  readonly counts: readonly RatableCount[];
  /** When the newest segment that is in the counts was counted (epoch ms); undefined: none was yet. */
  readonly asOf: number | undefined;
}

/** All instants are beginnings of days in Tokyo: no price changes within a day. */
export interface SumInput {
  /** Starts of the spans, ascending (epoch ms). */
  readonly spans: readonly number[];
  /** Excluded (epoch ms). */
  readonly end: number;
  /** Code of a platform provider; absent: all. */
  readonly customer?: string;
}

/** First checks are known of a span when they are known of each of its days. */
const SUM_BY_SPAN = `
  SELECT width_bucket(day, $1::date[]) AS span, platform_provider, service_provider, certificate_class,
         carrier, channel, purpose, outcome, sum(quantity)::text AS quantity,
         CASE WHEN bool_and(first_month IS NOT NULL) THEN sum(first_month)::text END AS first_month,
         CASE WHEN bool_and(first_year IS NOT NULL) THEN sum(first_year)::text END AS first_year
  FROM usage_day
  WHERE day >= ($1::date[])[1] AND day < $2::date AND ($3::text IS NULL OR platform_provider = $3)
  GROUP BY 1, 2, 3, 4, 5, 6, 7, 8`;

const LAST_COUNTED = 'SELECT max(last_counted_at) AS at FROM usage_producer';

const SUM_BY_CLASS = `
  SELECT certificate_class, sum(quantity)::text AS quantity
  FROM usage_day
  WHERE day = $1::date
  GROUP BY 1`;

/** Reads what was counted. */
@Injectable()
export class UsageStore {
  constructor(@Inject(Database) private readonly database: Database) {}

  /** Sums and `asOf` are of one state of the database. @throws DatabaseError `database_unavailable` */
  sums(input: SumInput): Promise<UsageSums> {
    return this.database.snapshot((client) => this.sumsWithin(client, input));
  }

  /** Of the state that the transaction sees. */
  async sumsWithin(client: PoolClient, { spans, end, customer }: SumInput): Promise<UsageSums> {
    const starts = spans.map(jstDateOf);
    const { rows } = await client.query<SpanRow>(SUM_BY_SPAN, [starts, jstDateOf(end), customer ?? null]);
    const last = await client.query<{ at: Date | null }>(LAST_COUNTED);
    return { counts: rows.map((row) => countOf(row, spans)), asOf: last.rows[0]?.at?.getTime() };
  }

  /** All recorded checks of the day in Tokyo that an instant (epoch ms) falls into, by class. */
  async checksByClass(instant: number): Promise<ReadonlyMap<CertificateClass, bigint>> {
    const { rows } = await this.database.query<{ certificate_class: CertificateClass; quantity: string }>(
      SUM_BY_CLASS,
      [jstDateOf(instant)],
    );
    return new Map(rows.map((row) => [row.certificate_class, BigInt(row.quantity)]));
  }
}

interface SpanRow {
  /** Ordinal of the span, from 1. */
  readonly span: number;
  readonly platform_provider: string;
  readonly service_provider: string;
  readonly certificate_class: RatableCount['certificateClass'];
  readonly carrier: RatableCount['carrier'];
  readonly channel: RatableCount['channel'];
  readonly purpose: RatableCount['purpose'];
  readonly outcome: RatableCount['outcome'];
  readonly quantity: string;
  readonly first_month: string | null;
  readonly first_year: string | null;
}

const countOf = (row: SpanRow, spans: readonly number[]): RatableCount => ({
  time: spans[row.span - 1] as number,
  platformProvider: row.platform_provider,
  serviceProvider: row.service_provider,
  certificateClass: row.certificate_class,
  carrier: row.carrier,
  channel: row.channel,
  purpose: row.purpose,
  outcome: row.outcome,
  quantity: BigInt(row.quantity),
  ...(row.first_month !== null &&
    row.first_year !== null && { firstChecks: { month: BigInt(row.first_month), year: BigInt(row.first_year) } }),
});
