import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { EventLog } from '@kakunin/event-log';
import { encodeSegment } from '@kakunin/usage';
import type { UsageEvent } from '@kakunin/usage';
import type { Logger } from 'pino';
import { JournalDirectory } from './journal-directory.ts';
import type { JournalFileSystem } from './journal-file-system.ts';
import { recoverJournal } from './recover-journal.ts';
import type { SealedSegment } from './sealed-segment.ts';
import { SegmentDelivery } from './segment-delivery.ts';

export interface WorkerJournalInput {
  readonly path: string;
  readonly eventLog: Pick<EventLog, 'append'>;
  readonly logger: Pick<Logger, 'error' | 'warn' | 'info'>;
  readonly fileSystem: JournalFileSystem;
  /** Milliseconds that a segment is kept after it was sealed, for the retry window. */
  readonly keepFor: number;
  readonly now: () => number;
}

/** One journal as its owner sees it: what its writer left is recovered, what it seals is handed over. */
export class WorkerJournal {
  readonly producer: string;
  readonly #directory: JournalDirectory;
  readonly #logger: WorkerJournalInput['logger'];
  readonly #delivery: SegmentDelivery;
  readonly #now: () => number;
  #nextSequence = 1n;
  #sealedAt = 0;

  private constructor(input: WorkerJournalInput, directory: JournalDirectory, producer: string) {
    this.producer = producer;
    this.#directory = directory;
    this.#logger = input.logger;
    this.#now = input.now;
    this.#delivery = new SegmentDelivery({ ...input, directory, producer });
  }

  /** Takes up the journal at a path, which may be new. @throws UsageError `journal_damaged` */
  static async open(input: WorkerJournalInput): Promise<WorkerJournal> {
    await mkdir(input.path, { recursive: true });
    await input.fileSystem.syncDirectory(dirname(input.path));
    const directory = new JournalDirectory(input.path, input.fileSystem);
    const producer = await directory.producer(() => randomBytes(16).toString('hex'));
    return new WorkerJournal(input, directory, producer);
  }

  get path(): string {
    return this.#directory.path;
  }

  /** Of the next segment to write. */
  get nextSequence(): bigint {
    return this.#nextSequence;
  }

  /** When the last segment was sealed, epoch ms; 0 when there was none. */
  get sealedAt(): number {
    return this.#sealedAt;
  }

  get backlog(): SegmentDelivery['backlog'] {
    return this.#delivery.backlog;
  }

  /** Takes over what a writer that has ended left, beyond what it told; its records are told to `onEvent`. */
  async recover(onEvent: (event: UsageEvent) => void): Promise<void> {
    const found = await recoverJournal({
      directory: this.#directory,
      producer: this.producer,
      logger: this.#logger,
      onEvent,
      after: this.#nextSequence - 1n,
      sealedAt: this.#sealedAt,
      now: this.#now(),
    });
    this.#nextSequence = found.nextSequence;
    this.#sealedAt = found.sealedAt;
    this.#delivery.take(found);
  }

  /** Says in place of a writer that there is none, and so nothing more up to now. */
  async sealEmpty(): Promise<void> {
    const { producer } = this;
    const sequence = this.#nextSequence;
    const sealedAt = Math.max(this.#sealedAt, this.#now());
    const path = this.#directory.pathOf({ sequence, state: 'segment' });
    await this.#directory.writeWhole(path, encodeSegment({ producer, sequence, sealedAt, events: [] }));
    this.sealed({ sequence, count: 0, sealedAt });
  }

  /** What its writer tells; a second time, after it was recovered, it says nothing new. */
  sealed(segment: SealedSegment): void {
    if (segment.sequence < this.#nextSequence) return;
    this.#nextSequence = segment.sequence + 1n;
    this.#sealedAt = segment.sealedAt;
    this.#delivery.take({ unsent: [segment], sent: [] });
  }

  /** Hands over what waits, if the event log is there. Its writer has ended. */
  close(): Promise<void> {
    return this.#delivery.stop();
  }
}
