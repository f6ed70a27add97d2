import { randomBytes } from 'node:crypto';
import type { DigestKeyDirectory } from '@kakunin/digest-keys';
import type { RelyingPartyDirectory } from '@kakunin/relying-parties';
import { ConfigError } from '@kakunin/runtime';
import type { HealthResult, ListenerHost, PreparedListener } from '@kakunin/runtime';
import type { StatusFeed } from '@kakunin/status-feed';
import type { JournalDirectories } from '@kakunin/usage-journal';
import type { JournalPlace } from '@kakunin/usage-journal/writer';
import type { Logger } from 'pino';
import { CallerLimits } from '../answering/caller-limits.ts';
import type { OcspConfig } from '../config.ts';
import { Figures } from '../worker/figures.ts';
import type { Order, WorkerListener, WorkerStart } from '../worker/protocol.ts';
import { AuthoritiesTold } from './authorities-told.ts';
import { WorkerPlace } from './worker-place.ts';

export interface WorkerPoolInput {
  readonly config: OcspConfig;
  readonly feed: StatusFeed;
  readonly directory: RelyingPartyDirectory;
  readonly journals: JournalDirectories;
  readonly logger: Logger;
  /** Of a `SharedClock`. */
  readonly clock: SharedArrayBuffer;
  readonly digestKeys: Pick<DigestKeyDirectory, 'keys'>;
}

/** Octets of the key, name and secret that a TLS ticket takes. */
const TICKET_KEYS_OCTETS = 48;

/** The threads that answer, and what they are told: all of them the same, in the same order. */
export class WorkerPool implements ListenerHost {
  readonly #input: WorkerPoolInput;
  readonly #figures: readonly Figures[];
  readonly #places: readonly WorkerPlace[];
  readonly #limits;
  readonly #told: AuthoritiesTold;
  readonly #stopFollowing: (() => void)[] = [];
  #listeners: readonly WorkerListener[] = [];

  constructor(input: WorkerPoolInput) {
    const { workers, callerRequestsPerSecond: requestsPerSecond, callerConnections: connections } = input.config;
    this.#input = input;
    this.#figures = Array.from({ length: workers }, () => new Figures());
    this.#places = this.#figures.map((_, number) => this.#placeOf(number));
    this.#limits = CallerLimits.memoryFor(workers, { requestsPerSecond, connections });
    this.#told = new AuthoritiesTold(input.feed);
  }

  /** What the workers counted, each for itself. */
  get figures(): readonly Figures[] {
    return this.#figures;
  }

  get places(): readonly WorkerPlace[] {
    return this.#places;
  }

  /** Red while any place has nobody who answers. */
  health(): HealthResult {
    const problems = this.#places.flatMap(({ problem }, number) => (problem ? [`worker ${number}: ${problem}`] : []));
    if (problems.length === 0) return { ok: true, detail: `${this.#places.length} of ${this.#places.length} answer` };
    return { ok: false, detail: `${problems.join('; ')} (docs/runbooks/ocsp-worker-missing.md)` };
  }

  async open(listeners: readonly PreparedListener[]): Promise<Readonly<Record<string, number>>> {
    const ticketKeys = randomBytes(TICKET_KEYS_OCTETS);
    this.#listeners = listeners.map(({ name, host, port, tls }) => {
      return { name: name as WorkerListener['name'], host, port, ...(tls && { tls: { ...tls, ticketKeys } }) };
    });
    const { feed, directory } = this.#input;
    this.#stopFollowing.push(feed.onChange(() => this.#told.changes().forEach((order) => this.#order(order))));
    this.#stopFollowing.push(directory.follow((party) => this.#order({ type: 'relying_party', party })));
    void feed.whenComplete.then(() => this.#order({ type: 'complete', what: 'authorities' }));
    void directory.whenComplete.then(() => this.#order({ type: 'complete', what: 'relying_parties' }));
    const [first, ...others] = this.#places;
    const ports = (await first?.open().catch(explain)) ?? {};
    // Where any free port was asked for, the others and their successors share the one that was found.
    this.#listeners = this.#listeners.map((listener) => ({ ...listener, port: ports[listener.name] ?? listener.port }));
    await Promise.all(others.map((place) => place.open()));
    return ports;
  }

  /** Tells the workers which digest keys there are now. */
  tellDigestKeys(): void {
    this.#order({ type: 'digest_keys', keys: this.#input.digestKeys.keys });
  }

  drain(): void {
    this.#order({ type: 'drain' });
  }

  async close(): Promise<void> {
    await Promise.all(this.#places.map((place) => place.close()));
    for (const stop of this.#stopFollowing) stop();
  }

  #order(order: Order): void {
    for (const place of this.#places) place.order(order);
  }

  #placeOf(number: number): WorkerPlace {
    const { journals, logger } = this.#input;
    return new WorkerPlace({
      number,
      journals,
      logger,
      startWith: (journal, pulse) => this.#startWith(number, journal, pulse),
    });
  }

  #startWith(number: number, journal: JournalPlace, pulse: SharedArrayBuffer): WorkerStart {
    const { config, feed, directory, clock, digestKeys } = this.#input;
    new CallerLimits(this.#limits, number).forgetConnections();
    return {
      number,
      config,
      listeners: this.#listeners,
      reusePort: config.workers > 1,
      authorities: this.#told.all(),
      authoritiesAreComplete: feed.isComplete,
      relyingParties: directory.image(),
      journal,
      limits: this.#limits,
      figures: this.#figures[number]!.memory,
      pulse,
      clock,
      digestKeys: digestKeys.keys,
    };
  }
}

/** Only several workers ask for it. */
function explain(error: NodeJS.ErrnoException): never {
  if (error.code !== 'ENOTSUP') throw error;
  const advice = 'KAKUNIN_OCSP_WORKERS: several need SO_REUSEPORT, which this platform does not have. Set it to 1.';
  throw new ConfigError('ocsp-responder', [advice]);
}
