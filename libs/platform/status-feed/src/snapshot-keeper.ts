import type { Logger } from 'pino';
import type { SnapshotDirectory } from './snapshot-directory.ts';
import type { StatusFeed } from './status-feed.ts';

export interface SnapshotSchedule {
  /** A snapshot is written after so many applied events, */
  readonly afterEvents: number;
  /** or so many milliseconds after the last one, when any event was applied since. */
  readonly afterMilliseconds: number;
}

interface SnapshotKeeperInput {
  readonly feed: StatusFeed;
  readonly directory: SnapshotDirectory;
  readonly schedule: SnapshotSchedule;
  readonly logger: Pick<Logger, 'warn'>;
}

const LOOK_EVERY_MILLISECONDS = 1_000;

/** Writes snapshots of the feed, one at a time, in the background and when the service stops. */
export class SnapshotKeeper {
  readonly #input: SnapshotKeeperInput;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();
  #busy = false;
  #savedCount = 0;
  #waited = 0;
  #failed = false;

  constructor(input: SnapshotKeeperInput) {
    this.#input = input;
  }

  start(): void {
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MILLISECONDS);
    this.#timer.unref();
  }

  /** Ends the schedule and writes what is new. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#writing;
    if (this.#unsaved > 0) await this.#save();
  }

  get #unsaved(): number {
    return this.#input.feed.appliedCount - this.#savedCount;
  }

  #look(): void {
    this.#waited += LOOK_EVERY_MILLISECONDS;
    const { afterEvents, afterMilliseconds } = this.#input.schedule;
    const enough = this.#unsaved >= afterEvents && !this.#failed;
    const due = enough || (this.#unsaved > 0 && this.#waited >= afterMilliseconds);
    if (due && !this.#busy) this.#writing = this.#save();
  }

  /** A snapshot that cannot be written costs time at the next start, nothing else. */
  async #save(): Promise<void> {
    this.#busy = true;
    this.#waited = 0;
    const count = this.#input.feed.appliedCount;
    try {
      await this.#input.directory.save(this.#input.feed.snapshot());
      this.#savedCount = count;
      this.#failed = false;
    } catch (error) {
      this.#failed = true;
      this.#input.logger.warn({ error: (error as Error).message }, 'a status snapshot could not be written');
    } finally {
      this.#busy = false;
    }
  }
}
