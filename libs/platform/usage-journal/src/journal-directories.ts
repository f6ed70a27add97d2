import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Clock } from '@kakunin/calendar';
import { lockDirectory } from '@kakunin/directory-lock';
import type { DirectoryLock } from '@kakunin/directory-lock';
import type { EventLog } from '@kakunin/event-log';
import type { UsageEvent } from '@kakunin/usage';
import type { Logger } from 'pino';
import { AbandonedJournals } from './abandoned-journals.ts';
import { JournalDirectory } from './journal-directory.ts';
import { nodeFileSystem } from './journal-file-system.ts';
import type { JournalFileSystem } from './journal-file-system.ts';
import { JournalReports } from './journal-reports.ts';
import type { JournalPlace } from './journal-writer.ts';
import { admitClaimant, claimantAt, RequestClaims } from './request-claims.ts';
import { createRetryWindow } from './retry-window-memory.ts';
import type { RetryWindowMemory } from './retry-window-memory.ts';
import { RetryWindow } from './retry-window.ts';
import type { SealedSegment } from './sealed-segment.ts';
import { WorkerJournal } from './worker-journal.ts';

export interface JournalDirectoriesInput {
  /** Holds one journal a worker, `0`, `1` and so on. Belongs to this process alone, on a disk that honours fdatasync. */
  readonly directory: string;
  readonly eventLog: Pick<EventLog, 'append'>;
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'error' | 'warn' | 'info'>;
  /** Default 60,000: longer than a client repeats one request. */
  readonly retryWindowMilliseconds?: number;
  /** Default: see `RetryWindowSize`. */
  readonly retryWindowCapacity?: number;
  /** Default 60,000: as `JournalWriterInput` has it, for journals that have no writer any more. */
  readonly idleSealMilliseconds?: number;
  readonly fileSystem?: JournalFileSystem;
}

const WORKER_DIRECTORY = /^(0|[1-9]\d*)$/;

/**
 * The journals of all workers of a process, seen from its main thread: recovers what writers left, hands sealed
 * segments to the event log, goes on sealing where there is no writer any more, and owns the memory of the retry window.
 */
export class JournalDirectories {
  readonly retryWindow: RetryWindowMemory;
  readonly reports: JournalReports;
  readonly #input: JournalDirectoriesInput;
  readonly #lock: DirectoryLock;
  readonly #window: RetryWindow;
  readonly #workers = new Map<number, WorkerJournal>();
  /** Of versions before there were workers: it is recovered and handed over, and never written to again. */
  #flat: WorkerJournal | undefined;
  readonly #abandoned: AbandonedJournals;

  private constructor(input: JournalDirectoriesInput, lock: DirectoryLock) {
    const { retryWindowMilliseconds: lengthMs = 60_000, retryWindowCapacity: capacity } = input;
    this.retryWindow = createRetryWindow({ lengthMs, ...(capacity === undefined ? {} : { capacity }) });
    this.reports = new JournalReports(input.logger);
    this.#input = input;
    this.#lock = lock;
    this.#window = new RetryWindow(this.retryWindow);
    this.#abandoned = new AbandonedJournals(input);
  }

  /**
   * Takes the directory, recovers all journals in it, those of workers that are no longer wanted included, and begins
   * to hand them over.
   * @throws DirectoryLockError when another process has the directory
   * @throws UsageError `journal_damaged`; an error of the file system when the directory cannot be read
   */
  static async open(input: JournalDirectoriesInput): Promise<JournalDirectories> {
    const journals = new JournalDirectories(input, await lockDirectory(input.directory));
    try {
      await journals.#recoverAll();
      journals.#abandoned.start(journals.#all);
      return journals;
    } catch (error) {
      await journals.close();
      throw error;
    }
  }

  /**
   * Readies the journal of worker `n` before that worker starts, or starts again: takes over what the last one left.
   * The last one must have ended.
   */
  async prepare(n: number): Promise<JournalPlace> {
    const journal = await this.#journalOf(n);
    await this.#abandoned.remove(journal);
    const left = claimantAt(this.retryWindow, n);
    if (left !== 0) {
      // What it had not claimed any more it had remembered itself.
      const claims = new RequestClaims(this.retryWindow, left);
      await journal.recover((event) => claims.holds(event.requestDigest, 0) && this.#remember(event));
    }
    this.reports.begin(n);
    const { path: directory, producer, nextSequence, sealedAt } = journal;
    const claimant = admitClaimant(this.retryWindow, n);
    return { directory, producer, nextSequence, sealedAt, claimant, retryWindow: this.retryWindow };
  }

  /** Worker `n` has sealed a segment. */
  sealed(n: number, segment: SealedSegment): void {
    this.#workers.get(n)?.sealed(segment);
  }

  /** Segments that wait to be handed over, and when the oldest one was sealed (epoch ms). */
  get backlog(): { readonly segments: number; readonly since: number | undefined } {
    const backlogs = this.#all.map(({ backlog }) => backlog);
    const since = Math.min(...backlogs.map((each) => each.since ?? Infinity));
    return {
      segments: backlogs.reduce((sum, { segments }) => sum + segments, 0),
      since: since === Infinity ? undefined : since,
    };
  }

  /** Hands over what waits, if the event log is there, and gives the directory back. All workers have ended. */
  async close(): Promise<void> {
    await this.#abandoned.stop();
    await Promise.all(this.#all.map((journal) => journal.close()));
    await this.#lock.release();
  }

  get #all(): readonly WorkerJournal[] {
    return [...(this.#flat ? [this.#flat] : []), ...this.#workers.values()];
  }

  async #recoverAll(): Promise<void> {
    const { directory, fileSystem = nodeFileSystem } = this.#input;
    // The directory may be new.
    await fileSystem.syncDirectory(dirname(directory));
    if (await new JournalDirectory(directory, fileSystem).isUsed()) this.#flat = await this.#open(directory);
    for (const name of await readdir(directory)) if (WORKER_DIRECTORY.test(name)) await this.#journalOf(Number(name));
  }

  async #journalOf(n: number): Promise<WorkerJournal> {
    const known = this.#workers.get(n);
    if (known) return known;
    const journal = await this.#open(join(this.#input.directory, String(n)));
    this.#workers.set(n, journal);
    return journal;
  }

  async #open(path: string): Promise<WorkerJournal> {
    const { eventLog, logger, clock, fileSystem = nodeFileSystem } = this.#input;
    const keepFor = this.retryWindow.lengthMs;
    const journal = await WorkerJournal.open({ path, eventLog, logger, fileSystem, keepFor, now: () => clock.now() });
    await journal.recover((event) => this.#remember(event));
    return journal;
  }

  /**
   * What has passed is left out: the window would take it for newer than what is recent in another journal. What lies
   * ahead was recorded before the clock was set back; the journal goes on from there, and a retry must be known.
   */
  #remember({ requestDigest, time }: UsageEvent): void {
    if (this.#input.clock.now() - time > this.retryWindow.lengthMs) return;
    if (requestDigest.every((octet) => octet === 0)) return;
    const count = this.#window.count(requestDigest, 0, time) + 1;
    this.#window.remember(requestDigest, 0, { time, count });
  }
}
