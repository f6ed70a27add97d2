import type { RatableCount } from '@kakunin/billing';
import type { CertificateClass } from '@kakunin/usage';
import { Database } from '@kakunin/postgres';
import { Inject, Injectable } from '@nestjs/common';

export interface UsageSums {
  readonly counts: readonly RatableCount[];
  /** When the newest segment that is in the counts was counted (epoch ms); undefined: none was yet. */
  readonly asOf: number | undefined;
}

export interface SumInput {
  /** Starts of the spans, ascending (epoch ms). */
  readonly spans: readonly number[];
  /** Excluded (epoch ms). */
  readonly end: number;
  /** Code of a platform provider; absent: all. */
  readonly customer?: string;
}

const SUM_BY_SPAN = `
  SELECT width_bucket(minute, $1::timestamptz[]) AS span, platform_provider, service_provider, certificate_class,
         carrier, channel, purpose, outcome, sum(quantity)::text AS quantity
  FROM usage_count
  WHERE minute >= ($1::timestamptz[])[1] AND minute < $2 AND ($3::text IS NULL OR platform_provider = $3)
  GROUP BY 1, 2, 3, 4, 5, 6, 7, 8`;

const LAST_COUNTED = 'SELECT max(last_counted_at) AS at FROM usage_producer';

const SUM_BY_CLASS = `
  SELECT certificate_class, sum(quantity)::text AS quantity
  FROM usage_count
  WHERE minute >= $1 AND minute < $2
  GROUP BY 1`;

/** Reads what was counted. */
@Injectable()
export class UsageStore {
  constructor(@Inject(Database) private readonly database: Database) {}

  /** Sums and `asOf` are of one state of the database. */
  sums({ spans, end, customer }: SumInput): Promise<UsageSums> {
    return this.database.transaction(async (client) => {
      await client.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY');
      const starts = spans.map((start) => new Date(start));
      const { rows } = await client.query<SpanRow>(SUM_BY_SPAN, [starts, new Date(end), customer ?? null]);
      const last = await client.query<{ at: Date | null }>(LAST_COUNTED);
      return { counts: rows.map((row) => countOf(row, spans)), asOf: last.rows[0]?.at?.getTime() };
    });
  }

  /** All recorded checks from `start` to before `end` (epoch ms), by class. */
  async checksByClass(start: number, end: number): Promise<ReadonlyMap<CertificateClass, bigint>> {
    const { rows } = await this.database.query<{ certificate_class: CertificateClass; quantity: string }>(
      SUM_BY_CLASS,
      [new Date(start), new Date(end)],
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
});
