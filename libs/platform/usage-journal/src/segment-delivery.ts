import { setTimeout as sleep } from 'node:timers/promises';
import type { EventLog } from '@kakunin/event-log';
import { segmentEvent } from '@kakunin/usage';
import type { Logger } from 'pino';
import type { JournalDirectory } from './journal-directory.ts';
import type { SealedSegment } from './sealed-segment.ts';

interface SegmentDeliveryInput {
  readonly directory: JournalDirectory;
  readonly producer: string;
  readonly eventLog: Pick<EventLog, 'append'>;
  readonly logger: Pick<Logger, 'warn' | 'info'>;
  /** Milliseconds that a segment is kept after it was sealed, for the retry window. */
  readonly keepFor: number;
  readonly now: () => number;
}

const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 10_000;

/**
 * Hands sealed segments to the event log, in order, each until it is acknowledged. A crash between the acknowledgement
 * and its note in the file's name sends a segment twice, which (producer, sequence) tells the consumer.
 */
export class SegmentDelivery {
  readonly #input: SegmentDeliveryInput;
  readonly #unsent: SealedSegment[] = [];
  #sent: SealedSegment[] = [];
  readonly #stopping = new AbortController();
  #running: Promise<void> | undefined;
  #failures = 0;

  constructor(input: SegmentDeliveryInput) {
    this.#input = input;
  }

  /** Takes more segments, later ones than before. */
  take({ unsent, sent }: { readonly unsent: readonly SealedSegment[]; readonly sent: readonly SealedSegment[] }): void {
    this.#unsent.push(...unsent);
    this.#sent.push(...sent);
    this.#start();
  }

  /** Segments that wait, and when the oldest one was sealed (epoch ms). */
  get backlog(): { readonly segments: number; readonly since: number | undefined } {
    return { segments: this.#unsent.length, since: this.#unsent[0]?.sealedAt };
  }

  #start(): void {
    if (this.#stopping.signal.aborted) return;
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
      if (this.#unsent.length > 0) this.#start();
    });
  }

  /** Hands over what waits, unless the log is away: then it stays on disk for the next start. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    while (this.#failures === 0 && this.#unsent[0]) await this.#hand(this.#unsent[0]);
  }

  async #run(): Promise<void> {
    while (this.#unsent[0] && !this.#stopping.signal.aborted) {
      if (await this.#hand(this.#unsent[0])) await this.#forget();
      else await this.#pause();
    }
  }

  async #hand(segment: SealedSegment): Promise<boolean> {
    const { directory, eventLog, producer, logger } = this.#input;
    const { sequence, count } = segment;
    try {
      const octets = await directory.fileSystem.read(directory.pathOf({ sequence, state: 'segment' }));
      await eventLog.append([segmentEvent({ producer, sequence, count }, octets)]);
      await directory.fileSystem.rename(
        directory.pathOf({ sequence, state: 'segment' }),
        directory.pathOf({ sequence, state: 'sent' }),
      );
    } catch (error) {
      if (this.#failures === 0)
        logger.warn({ error: codeOf(error) }, 'usage segments cannot be handed over, trying again');
      this.#failures += 1;
      return false;
    }
    if (this.#failures > 0) logger.info('usage segments are handed over again');
    this.#failures = 0;
    this.#unsent.shift();
    this.#sent.push(segment);
    return true;
  }

  /** Removes what the retry window needs no more; the newest stays, as it says which number comes next. */
  async #forget(): Promise<void> {
    const { directory, keepFor, now } = this.#input;
    const expired = this.#sent.slice(0, -1).filter(({ sealedAt }) => now() - sealedAt > keepFor);
    this.#sent = this.#sent.filter((segment) => !expired.includes(segment));
    for (const { sequence } of expired) {
      await directory.fileSystem.remove(directory.pathOf({ sequence, state: 'sent' })).catch(() => undefined);
    }
  }

  async #pause(): Promise<void> {
    const milliseconds = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** Math.min(this.#failures - 1, 20));
    await sleep(milliseconds, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
  }
}

const codeOf = (error: unknown): string =>
  error instanceof Error ? ('code' in error ? String(error.code) : error.name) : typeof error;
