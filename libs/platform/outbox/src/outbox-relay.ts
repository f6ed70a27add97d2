import type { Clock } from '@kakunin/calendar';
import type { EventLog, Position } from '@kakunin/event-log';
import type { Database } from '@kakunin/postgres';
import { setTimeout as sleep } from 'node:timers/promises';
import { EndPositions } from './end-positions.ts';
import { OutboxSession } from './outbox-session.ts';

/** "Whatever was committed before `at` lies on the log before these positions." */
export interface CaughtUp {
  /** Epoch milliseconds. */
  readonly at: number;
  /** Of the topics in `trackedTopics`, every partition. */
  readonly positions: readonly Position[];
}

export interface OutboxRelayOptions {
  readonly database: Database;
  readonly eventLog: EventLog;
  readonly clock: Clock;
  /** Topics whose end positions {@link CaughtUp} gives. */
  readonly trackedTopics?: readonly string[];
  /** Called by the leader at least once a poll interval, as long as it keeps up. */
  readonly onCaughtUp?: (caughtUp: CaughtUp) => Promise<void>;
  /** Told once a fault; the relay goes on trying by itself. */
  readonly onFault?: (error: unknown) => void;
  readonly batchSize?: number;
  readonly pollMilliseconds?: number;
  /** How long the database may take to answer a statement; default 10,000. */
  readonly answerMilliseconds?: number;
}

const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 2_000;

/**
 * Puts the events of the outbox on the log, in the order of their ids, and removes them when the log has acknowledged.
 * Of all relays on one database one leads and the others stand by. An event may get on the log twice (a crash between
 * the two), with the same identity.
 */
export class OutboxRelay {
  readonly #options: Required<Pick<OutboxRelayOptions, 'batchSize' | 'pollMilliseconds' | 'answerMilliseconds'>> &
    OutboxRelayOptions;
  readonly #closing = new AbortController();
  #session: OutboxSession | undefined;
  #running: Promise<void> | undefined;
  #leads = false;
  #caughtUpAt: number;
  #fault: string | undefined;

  constructor(options: OutboxRelayOptions) {
    this.#options = { batchSize: 1_000, pollMilliseconds: 1_000, answerMilliseconds: 10_000, ...options };
    this.#caughtUpAt = options.clock.now();
  }

  /** True when this relay is the one that publishes. */
  get leads(): boolean {
    return this.#leads;
  }

  /** When the leader last had everything on the log that was committed before (epoch ms); at first, when it was made. */
  get caughtUpAt(): number {
    return this.#caughtUpAt;
  }

  /** What keeps it from publishing at present. */
  get fault(): string | undefined {
    return this.#fault;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Finishes the batch in hand. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#session?.wake();
    await this.#running;
  }

  async #run(): Promise<void> {
    let wait = FIRST_RETRY_MS;
    while (!this.#closing.signal.aborted) {
      try {
        await this.#follow(() => (wait = FIRST_RETRY_MS));
      } catch (error) {
        this.#noteFault(error);
        await sleep(wait, undefined, { signal: this.#closing.signal }).catch(() => undefined);
        wait = Math.min(wait * 2, LONGEST_RETRY_MS);
      }
    }
  }

  /** One connection's life: stands by, then leads. */
  async #follow(onProgress: () => void): Promise<void> {
    const { database, pollMilliseconds, answerMilliseconds } = this.#options;
    const session = (this.#session = await OutboxSession.open(database, answerMilliseconds));
    try {
      while (!this.#closing.signal.aborted && !(await session.lead())) {
        this.#fault = undefined;
        await session.untilWoken(pollMilliseconds);
      }
      const ends = await EndPositions.of(this.#options.eventLog, this.#options.trackedTopics ?? []);
      this.#leads = true;
      while (!this.#closing.signal.aborted) {
        const more = await this.#publish(session, ends);
        onProgress();
        this.#fault = undefined;
        if (!more) await session.untilWoken(pollMilliseconds);
      }
    } finally {
      this.#leads = false;
      this.#session = undefined;
      session.close();
    }
  }

  #target: { readonly at: number; readonly lastId: bigint } | undefined;

  /** @returns true when more waits than one batch holds */
  async #publish(session: OutboxSession, ends: EndPositions): Promise<boolean> {
    const { eventLog, clock, batchSize } = this.#options;
    const at = clock.now();
    const { ids, events } = await session.waiting(batchSize);
    const more = ids.length === batchSize;
    // Behind a full batch more may wait: what can be seen now is the mark that was set before `at` has passed when reached.
    if (more) this.#target ??= { at, lastId: await session.lastId() };
    if (ids.length > 0) {
      ends.advance(await eventLog.append(events));
      await session.remove(ids);
    }
    if (!more) await this.#noteCaughtUp({ at, positions: ends.all() });
    else if (BigInt(ids.at(-1)!) >= this.#target!.lastId) {
      await this.#noteCaughtUp({ at: this.#target!.at, positions: ends.all() });
    }
    return more;
  }

  async #noteCaughtUp(caughtUp: CaughtUp): Promise<void> {
    this.#target = undefined;
    this.#caughtUpAt = caughtUp.at;
    await this.#options.onCaughtUp?.(caughtUp);
  }

  #noteFault(error: unknown): void {
    const fault = error instanceof Error ? error.message || error.name : String(error);
    if (fault !== this.#fault) this.#options.onFault?.(error);
    this.#fault = fault;
  }
}
