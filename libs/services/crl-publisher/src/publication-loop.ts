import type { Clock } from '@kakunin/calendar';
import type { Health, HealthResult, Logger } from '@kakunin/runtime';
import type { AuthorityStatus, StatusFeed } from '@kakunin/status-feed';
import { crlPointer, type CrlSeries } from '@kakunin/publication';
import type { CrlIssuer } from './issuing/crl-issuer.ts';
import { type IssuanceOutcome, type Issued, type ScopeTrouble, troubleOf } from './issuing/issuance-outcome.ts';
import type { PublicationMetrics } from './publication-metrics.ts';
import type { PublicationSchedule } from './publication-schedule.ts';
import type { PublicationTroubles } from './publication-troubles.ts';
import type { PublishedCrls } from './published-crls.ts';

export interface PublicationLoopOptions {
  readonly feed: StatusFeed;
  readonly issuer: Pick<CrlIssuer, 'issue'>;
  readonly published: Pick<PublishedCrls, 'updateManifest'>;
  readonly schedule: PublicationSchedule;
  readonly metrics: PublicationMetrics;
  readonly troubles: PublicationTroubles;
  readonly health: Health;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** How far the manifest may be behind while a set is being made; milliseconds. */
const LISTING_INTERVAL = 3_000;
/** How exactly the schedule is kept; milliseconds. */
const TICK = 100;

/** Tries to publish whatever is due, each authority by itself: one that cannot be published holds up no other. */
export class PublicationLoop {
  readonly #options: PublicationLoopOptions;
  readonly #running = new Set<Promise<void>>();
  /** What the manifest may not list as it is, by its pointer. */
  readonly #unlisted = new Map<string, CrlSeries>();
  #manifest = Promise.resolve();
  #listedAt = 0;
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
    const { feed, troubles } = this.#options;
    return !troubles.knows(status.authority.authorityId) && !status.blocked && !feed.isFresh(status);
  }

  async #attempt(status: AuthorityStatus): Promise<void> {
    const { issuer, schedule, clock, troubles } = this.#options;
    const { authorityId } = status.authority;
    const end = schedule.begin(authorityId);
    const startedAt = clock.now();
    try {
      const outcome = await issuer.issue(status);
      if (outcome.outcome === 'issued') {
        this.#notePublished(outcome, clock.now() - startedAt);
        await this.#updateManifest(outcome.unlisted, outcome.nextPublication <= clock.now());
      }
      const found = troublesOf(authorityId, outcome);
      if (found) troubles.note(authorityId, found);
      if (found?.length === 0 && outcome.outcome === 'issued') end.succeeded(outcome.nextPublication, clock.now());
      else end.failed(clock.now());
    } catch (error) {
      troubles.note(authorityId, [troubleOf({ authorityId }, error)]);
      end.failed(clock.now());
    }
  }

  /** One at a time; what one could not list the next one does. While more is to come it waits, for a nation's has two megabytes. */
  #updateManifest(unlisted: readonly CrlSeries[], isMore: boolean): Promise<void> {
    for (const series of unlisted) this.#unlisted.set(crlPointer(series), series);
    const now = this.#options.clock.now();
    if (isMore && Math.abs(now - this.#listedAt) < LISTING_INTERVAL) return this.#manifest;
    this.#listedAt = now;
    const update = this.#manifest.catch(() => undefined).then(() => this.#listAll());
    this.#manifest = update;
    return update;
  }

  async #listAll(): Promise<void> {
    const listing = new Map(this.#unlisted);
    await this.#options.published.updateManifest([...listing.values()]);
    for (const pointer of listing.keys()) this.#unlisted.delete(pointer);
  }

  #notePublished({ published }: Issued, duration: number): void {
    const { metrics, logger } = this.#options;
    const [first] = published;
    if (!first) return;
    for (const descriptor of published) metrics.published(descriptor);
    metrics.took(first.authorityId, duration / 1_000);
    const { authorityId, crlNumber, scheduled } = first;
    const entries = published.reduce((sum, crl) => sum + crl.entries, 0);
    const bytes = published.reduce((sum, crl) => sum + crl.bytes, 0);
    const figures = { crls: published.length, entries, bytes, scheduled, durationMilliseconds: duration };
    logger.info({ authorityId, crlNumber: crlNumber.toString(), ...figures }, 'published CRLs');
  }

  #health(): HealthResult {
    const { feed, troubles: known } = this.#options;
    const troubles = feed.authorities().flatMap(({ authority: { authorityId } }) => {
      const waits = 'its newest CRL was not looked at yet; wait for the status data and the database';
      const trouble = known.knows(authorityId) ? known.detailOf(authorityId) : waits;
      return trouble === undefined ? [] : [`${authorityId}: ${trouble}`];
    });
    if (troubles.length === 0) return { ok: true, detail: 'the newest CRLs of every authority show what is known' };
    return { ok: false, detail: `${troubles.join('; ')}; whatever was published stays` };
  }
}

/** undefined: another publisher is at work, and this one knows nothing new. */
function troublesOf(authorityId: string, outcome: IssuanceOutcome): readonly ScopeTrouble[] | undefined {
  if (outcome.outcome === 'reserved_elsewhere') return undefined;
  if (outcome.outcome === 'issued') return outcome.troubles;
  return [{ scope: { authorityId }, reason: outcome.reason, detail: outcome.detail }];
}
