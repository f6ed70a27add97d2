import type { Clock } from '@kakunin/calendar';
import type { Logger } from 'pino';
import { untilIdleSeal } from './idle-seal.ts';
import type { WorkerJournal } from './worker-journal.ts';

interface AbandonedJournalsInput {
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'warn'>;
  readonly idleSealMilliseconds?: number;
}

/**
 * Journals that no worker writes to any more, as fewer are wanted than before. They go on saying that they are complete
 * up to now: otherwise no month could be closed, as nobody would know that nothing is to come.
 */
export class AbandonedJournals {
  readonly #input: AbandonedJournalsInput;
  readonly #journals = new Set<WorkerJournal>();
  #timer: NodeJS.Timeout | undefined;
  #sealing: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(input: AbandonedJournalsInput) {
    this.#input = input;
  }

  /** Takes journals that were found; those that a worker begins to write to are removed. */
  start(journals: Iterable<WorkerJournal>): void {
    for (const journal of journals) this.#journals.add(journal);
    this.#wait();
  }

  /** From here on a worker seals it. */
  async remove(journal: WorkerJournal): Promise<void> {
    this.#journals.delete(journal);
    await this.#sealing;
  }

  /** Seals for the last time; nothing is written once it resolves, as the directory may be another's then. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#sealing;
    await this.#sealAll();
  }

  #wait(): void {
    if (this.#stopped) return;
    const { clock, idleSealMilliseconds = 60_000 } = this.#input;
    const sealAll = (): void => {
      this.#sealing = this.#sealAll().then(() => this.#wait());
    };
    this.#timer = setTimeout(sealAll, untilIdleSeal(clock.now(), idleSealMilliseconds)).unref();
  }

  async #sealAll(): Promise<void> {
    for (const journal of this.#journals) {
      await journal.sealEmpty().catch((error: unknown) => {
        this.#input.logger.warn({ err: error }, 'a usage journal without a worker cannot be sealed, trying again');
      });
    }
  }
}
