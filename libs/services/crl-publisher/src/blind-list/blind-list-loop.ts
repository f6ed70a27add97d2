import type { Clock } from '@kakunin/calendar';
import type { Database } from '@kakunin/postgres';
import { type Health, type HealthResult, type Logger, Rounds } from '@kakunin/runtime';
import type { StatusFeed } from '@kakunin/status-feed';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import type { BlindListIssuer, BlindListOutcome } from './blind-list-issuer.ts';
import type { BlindListMetrics } from './blind-list-metrics.ts';

export interface BlindListLoopOptions {
  /** Ids of the authorities that have a blind list. */
  readonly authorities: readonly string[];
  readonly period: number;
  readonly feed: Pick<StatusFeed, 'get' | 'isFresh'>;
  readonly issuer: Pick<BlindListIssuer, 'issue'>;
  readonly database: Pick<Database, 'whenReady' | 'withLock'>;
  readonly metrics: BlindListMetrics;
  readonly health: Health;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Aborted when the service ends. */
  readonly stopping: AbortController;
}

const TICK = 1_000;
/** After an attempt that failed, or a period if that is shorter; milliseconds. */
const RETRY_DELAY = 10_000;

/** Makes the blind lists that are due, one at a time: each reads every certificate of its authority. */
export class BlindListLoop implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #options: BlindListLoopOptions;
  readonly #notBefore = new Map<string, number>();
  /** By authority: why the last attempt published nothing. */
  readonly #troubles = new Map<string, string>();
  readonly #rounds: Rounds;

  constructor(options: BlindListLoopOptions) {
    this.#options = options;
    const onFault = (error: unknown): void => options.logger.warn({ err: error }, 'no blind lists made');
    this.#rounds = new Rounds({ interval: TICK, work: () => this.#issueDue(), onFault });
    if (options.authorities.length > 0) options.health.register('blind-lists', () => this.#health());
  }

  onApplicationBootstrap(): void {
    const { authorities, database } = this.#options;
    if (authorities.length > 0) this.#rounds.startAfter(database.whenReady());
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#options.stopping.abort();
    await this.#rounds.stop();
  }

  async #issueDue(): Promise<void> {
    for (const authorityId of this.#options.authorities) await this.#issue(authorityId);
  }

  async #issue(authorityId: string): Promise<void> {
    const { feed, issuer, database, clock, period, stopping } = this.#options;
    const now = clock.now();
    const notBefore = this.#notBefore.get(authorityId) ?? 0;
    const status = feed.get(authorityId);
    // What lies further ahead than we ever wait was noted before the clock was set back.
    if (stopping.signal.aborted || (now < notBefore && notBefore - now <= Math.max(period, RETRY_DELAY))) return;
    if (!status || !feed.isFresh(status)) return;
    this.#notBefore.set(authorityId, now + Math.min(RETRY_DELAY, period));
    try {
      const done = await database.withLock(`blind-list:${authorityId}`, () => issuer.issue(status, now));
      if (done) this.#note(authorityId, done.result);
    } catch (error) {
      const { code = 'internal_error', message } = error as { code?: string; message: string };
      this.#trouble(authorityId, code, message);
    }
  }

  #note(authorityId: string, outcome: BlindListOutcome): void {
    if (outcome.outcome === 'refused') return this.#trouble(authorityId, outcome.reason, outcome.detail);
    const { list } = outcome;
    this.#troubles.delete(authorityId);
    this.#notBefore.set(authorityId, list.thisUpdate + this.#options.period);
    if (outcome.outcome === 'unchanged') return;
    const { number, bytes } = list.deltas.at(-1) ?? list.full;
    this.#options.logger.info({ authorityId, number, bytes, deltas: list.deltas.length }, 'published a blind list');
  }

  #trouble(authorityId: string, reason: string, detail: string): void {
    const { metrics, logger, stopping } = this.#options;
    if (stopping.signal.aborted) return;
    metrics.failed(authorityId, reason);
    const trouble = `${reason}: ${detail}`;
    if (this.#troubles.get(authorityId) !== trouble) logger.warn({ authorityId, reason }, `no blind list: ${detail}`);
    this.#troubles.set(authorityId, trouble);
  }

  /** Never unwell: a publisher that cannot make blind lists is to go on serving CRLs. The alert watches the metrics. */
  #health(): HealthResult {
    const troubles = [...this.#troubles].map(([authorityId, trouble]) => `${authorityId}: ${trouble}`);
    return { ok: true, detail: troubles.join('; ') || 'no attempt has failed' };
  }
}
