import { setTimeout as delay } from 'node:timers/promises';
import { APPENDED } from './event-store.ts';
import { Session } from './session.ts';

/** Asks this seldom while notifications can be heard, so often while they can't. */
export interface PollIntervals {
  readonly listeningMilliseconds: number;
  readonly deafMilliseconds: number;
}

/** One subscriber's ear; a notification between two waits is not missed. */
export class Watch {
  private missed = false;
  private cut = new AbortController();

  constructor(
    private readonly pollInterval: () => number,
    private readonly topics: readonly string[],
  ) {}

  hear(topic: string): void {
    if (topic === EVERYBODY || this.topics.includes(topic)) this.wake();
  }

  wake(): void {
    this.missed = true;
    this.cut.abort();
  }

  /** Resolves when there may be news: after a notification, when it is time to ask anyway, or when stopping. */
  async wait(stopping: AbortSignal): Promise<void> {
    if (!this.missed) {
      const signal = AbortSignal.any([this.cut.signal, stopping]);
      await delay(this.pollInterval(), undefined, { signal }).catch(() => undefined);
    }
    this.missed = false;
    this.cut = new AbortController();
  }
}

/** The payload that wakes every subscriber: members of a group came or went. */
export const EVERYBODY = '';

/** Hears PostgreSQL's notifications; while it can't, subscribers poll more often. */
export class Wakeup {
  private readonly watches = new Set<Watch>();
  private readonly closing = new AbortController();
  private listening = false;
  private readonly running: Promise<void>;

  constructor(
    private readonly url: string,
    private readonly intervals: PollIntervals,
  ) {
    this.running = this.listen();
  }

  watch(topics: readonly string[]): Watch {
    const { listeningMilliseconds, deafMilliseconds } = this.intervals;
    const watch = new Watch(() => (this.listening ? listeningMilliseconds : deafMilliseconds), topics);
    this.watches.add(watch);
    return watch;
  }

  forget(watch: Watch): void {
    this.watches.delete(watch);
  }

  async close(): Promise<void> {
    this.closing.abort();
    await this.running;
  }

  private tell(topic: string): void {
    for (const watch of this.watches) watch.hear(topic);
  }

  private async listen(): Promise<void> {
    const { signal } = this.closing;
    while (!signal.aborted) {
      await this.listenUntilLost().catch(() => undefined);
      this.listening = false;
      this.tell(EVERYBODY);
      await delay(this.intervals.deafMilliseconds, undefined, { signal }).catch(() => undefined);
    }
  }

  private async listenUntilLost(): Promise<void> {
    const lost = Promise.withResolvers<void>();
    const stop = (): void => lost.resolve();
    this.closing.signal.addEventListener('abort', stop);
    let session: Session | undefined;
    try {
      session = await Session.open(this.url, lost.resolve);
      session.onNotification((topic) => this.tell(topic));
      await session.query(`LISTEN ${APPENDED}`);
      this.listening = true;
      // What was appended before LISTEN took effect was not announced to us.
      this.tell(EVERYBODY);
      await lost.promise;
    } finally {
      this.closing.signal.removeEventListener('abort', stop);
      await session?.close();
    }
  }
}
