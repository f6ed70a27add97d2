import type { Clock } from '@kakunin/calendar';
import type { Health, HealthResult, Logger } from '@kakunin/runtime';
import type { AuthorityStatus, StatusFeed } from '@kakunin/status-feed';
import type { CrlIssuer } from './crl-issuer.ts';
import type { IssuanceOutcome } from './issuance-outcome.ts';
import type { PublicationMetrics } from './publication-metrics.ts';
import type { PublicationSchedule } from './publication-schedule.ts';
import type { PublishedCrls } from './published-crls.ts';

export interface PublicationLoopOptions {
  readonly feed: StatusFeed;
  readonly issuer: Pick<CrlIssuer, 'issue'>;
  readonly published: Pick<PublishedCrls, 'updateManifest'>;
  readonly schedule: PublicationSchedule;
  readonly metrics: PublicationMetrics;
  readonly health: Health;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** How exactly the schedule is kept; milliseconds. */
const TICK = 100;

/** Tries to publish whatever is due, each authority by itself: one that cannot be published holds up no other. */
export class PublicationLoop {
  readonly #options: PublicationLoopOptions;
  readonly #running = new Set<Promise<void>>();
  /** By authority, since its first attempt: why the last one published nothing, or undefined when all is well. */
  readonly #troubles = new Map<string, string | undefined>();
  #manifest = Promise.resolve();
  #ticks: NodeJS.Timeout | undefined;
  #stopListening: (() => void) | undefined;
  #stopped = false;

  constructor(options: PublicationLoopOptions) {
    this.#options = options;
    options.health.register('crl-publication', () => this.#health());
  }

  /** After `stop` it does nothing: the database that a start waits for may answer only then. */
  start(): void {
    if (this.#stopped) return;
    const { feed, schedule, clock } = this.#options;
    this.#stopListening = feed.onChange((authorityId) => schedule.noteChange(authorityId, clock.now()));
    this.#ticks = setInterval(() => this.#tick(), TICK);
  }

  /** Resolves when the attempts in hand have ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#ticks);
    this.#stopListening?.();
    await Promise.all(this.#running);
  }

  #tick(): void {
    const { feed, schedule, clock } = this.#options;
    for (const status of feed.authorities()) {
      if (this.#awaitsStatus(status) || !schedule.isDue(status.authority.authorityId, clock.now())) continue;
      const attempt = this.#attempt(status).finally(() => this.#running.delete(attempt));
      this.#running.add(attempt);
    }
  }

  /** After a start the status data takes a moment to catch up; that is no failed attempt yet. */
  #awaitsStatus(status: AuthorityStatus): boolean {
    const { feed } = this.#options;
    return !this.#troubles.has(status.authority.authorityId) && !status.blocked && !feed.isFresh(status);
  }

  async #attempt(status: AuthorityStatus): Promise<void> {
    const { issuer, schedule, clock } = this.#options;
    const { authorityId } = status.authority;
    const end = schedule.begin(authorityId);
    const startedAt = clock.now();
    try {
      const outcome = await issuer.issue(status);
      this.#note(authorityId, outcome, clock.now() - startedAt);
      if (!('descriptor' in outcome)) return end.failed(clock.now());
      // Also when nothing was published now: a process that died may have left the manifest behind the pointers.
      await this.#updateManifest();
      end.succeeded(outcome.descriptor.nextPublication);
    } catch (error) {
      this.#noteError(authorityId, error);
      end.failed(clock.now());
    }
  }

  /** One at a time, so that the last one has seen every pointer. */
  #updateManifest(): Promise<void> {
    const { feed, published } = this.#options;
    const update = this.#manifest
      .catch(() => undefined)
      .then(() =>
        published.updateManifest(feed.authorities().map(({ authority: { authorityId } }) => ({ authorityId }))),
      );
    this.#manifest = update;
    return update;
  }

  #note(authorityId: string, outcome: IssuanceOutcome, duration: number): void {
    const { metrics, logger } = this.#options;
    if (outcome.outcome === 'withheld') {
      this.#trouble({ authorityId, reason: outcome.reason, detail: outcome.detail });
      return;
    }
    if (outcome.outcome === 'reserved_elsewhere') return;
    this.#troubles.set(authorityId, undefined);
    if (outcome.outcome === 'unchanged') return;
    const { descriptor } = outcome;
    metrics.published(descriptor, duration / 1_000);
    const { crlNumber, entries, bytes, scheduled } = descriptor;
    logger.info(
      { authorityId, crlNumber: crlNumber.toString(), entries, bytes, scheduled, durationMilliseconds: duration },
      'published a CRL',
    );
  }

  #noteError(authorityId: string, error: unknown): void {
    const { code = 'internal_error', message = String(error) } = error as { code?: string; message?: string };
    this.#trouble({ authorityId, reason: code, detail: message, error });
  }

  /** Counts every attempt, and logs when the trouble is new. */
  #trouble({ authorityId, reason, detail, error }: Trouble): void {
    const { metrics, logger } = this.#options;
    metrics.failed(authorityId, reason);
    if (this.#troubles.get(authorityId) !== detail) {
      logger.warn({ authorityId, reason, err: error }, `no CRL published: ${detail}`);
    }
    this.#troubles.set(authorityId, detail);
  }

  #health(): HealthResult {
    const troubles = this.#options.feed.authorities().flatMap(({ authority: { authorityId } }) => {
      const waits = 'its newest CRL was not looked at yet; wait for the status data and the database';
      const trouble = this.#troubles.has(authorityId) ? this.#troubles.get(authorityId) : waits;
      return trouble === undefined ? [] : [`${authorityId}: ${trouble}`];
    });
    if (troubles.length === 0) return { ok: true, detail: 'the newest CRL of every authority shows what is known' };
    return { ok: false, detail: `${troubles.join('; ')}; whatever was published stays` };
  }
}

interface Trouble {
  readonly authorityId: string;
  readonly reason: string;
  readonly detail: string;
  readonly error?: unknown;
}
