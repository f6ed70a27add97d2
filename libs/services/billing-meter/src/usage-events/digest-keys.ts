import { randomBytes } from 'node:crypto';
import { type Clock, calendarYearOf } from '@kakunin/calendar';
import { Database } from '@kakunin/postgres';
import { CLOCK, Rounds } from '@kakunin/runtime';
import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import type { PoolClient } from 'pg';

const KEY_OCTETS = 32;
const DAY = 86_400_000;
const SWEEP_INTERVAL_MS = 3_600_000;

/** How long after the end of a year the digests of its certificates can be objected to, days. */
export const OBJECTION_DAYS = Symbol('objection-days');

const CREATE_KEYS = `
  INSERT INTO usage_digest_key (year, key)
  SELECT year, CASE WHEN year >= $3 THEN key END FROM unnest($1::text[], $2::bytea[]) AS given (year, key)
  ORDER BY year
  ON CONFLICT DO NOTHING`;
const READ_KEYS = 'SELECT year, key FROM usage_digest_key WHERE year = ANY ($1) AND key IS NOT NULL AND year >= $2';
const DESTROY_KEYS = 'UPDATE usage_digest_key SET key = NULL WHERE key IS NOT NULL AND year < $1';
const FORGET_CERTIFICATES = `
  UPDATE usage_event_quarantine SET refused = refused #- '{data,certificateKey}'
  WHERE refused_at < $1 AND refused -> 'data' ? 'certificateKey'`;

/**
 * Keys by which the certificates of reported usage are told apart, one for each calendar year in Japan. A key is made
 * when its year is first needed, and destroyed when the objection period after its year has passed.
 */
@Injectable()
export class DigestKeys implements OnModuleInit, OnModuleDestroy {
  /** What cannot be destroyed now is destroyed by the next round, or after the next start. */
  readonly #rounds = new Rounds({
    interval: SWEEP_INTERVAL_MS,
    atOnce: true,
    work: () => this.destroyOld(),
    onFault: () => undefined,
  });

  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(OBJECTION_DAYS) private readonly objectionDays: number,
  ) {}

  onModuleInit(): void {
    this.#rounds.startAfter(this.database.whenReady());
  }

  onModuleDestroy(): Promise<void> {
    return this.#rounds.stop();
  }

  /** @returns keys by year; a year whose key was destroyed has none */
  async ofYears(client: PoolClient, years: Iterable<string>): Promise<ReadonlyMap<string, Buffer>> {
    const names = [...new Set(years)];
    if (names.length === 0) return new Map();
    await client.query(CREATE_KEYS, [names, names.map(() => randomBytes(KEY_OCTETS)), this.#firstYear()]);
    const { rows } = await client.query<{ year: string; key: Buffer }>(READ_KEYS, [names, this.#firstYear()]);
    return new Map(rows.map(({ year, key }) => [year, key]));
  }

  /** And what stands of certificates in quarantine. @throws DatabaseError `database_unavailable` */
  async destroyOld(): Promise<void> {
    const firstYear = this.#firstYear();
    await this.database.query(DESTROY_KEYS, [firstYear]);
    await this.database.query(FORGET_CERTIFICATES, [new Date(`${firstYear}-01-01T00:00:00+09:00`)]);
  }

  /** The first year whose objection period has not passed. */
  #firstYear(): string {
    return calendarYearOf(this.clock.now() - this.objectionDays * DAY);
  }
}
