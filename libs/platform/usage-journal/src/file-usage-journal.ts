import { randomBytes } from 'node:crypto';
import { dirname } from 'node:path';
import type { Clock } from '@kakunin/calendar';
import { lockDirectory } from '@kakunin/directory-lock';
import type { DirectoryLock } from '@kakunin/directory-lock';
import type { EventLog } from '@kakunin/event-log';
import { UsageError } from '@kakunin/usage';
import type { UsageEvent, UsageJournal } from '@kakunin/usage';
import type { Logger } from 'pino';
import { GroupCommit } from './group-commit.ts';
import { JournalDirectory } from './journal-directory.ts';
import { nodeFileSystem } from './journal-file-system.ts';
import type { JournalFileSystem } from './journal-file-system.ts';
import { recoverJournal } from './recover-journal.ts';
import { digestKey, RetryWindow } from './retry-window.ts';
import { SegmentDelivery } from './segment-delivery.ts';
import { SegmentWriter } from './segment-writer.ts';

export interface FileUsageJournalInput {
  /** Belongs to this journal alone, on a disk that honours fdatasync. */
  readonly directory: string;
  readonly eventLog: Pick<EventLog, 'append'>;
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'error' | 'warn' | 'info'>;
  /** Default 1,000: how long usage may wait on one machine's disk before it is handed over. */
  readonly sealAfterMilliseconds?: number;
  /** Default 512 KiB: with one more group, well under the 1 MB that Kafka takes as a message. */
  readonly sealAfterOctets?: number;
  /** Default 60,000: longer than a client repeats one request. */
  readonly retryWindowMilliseconds?: number;
  /** Default 1,000: how often a disk that refuses is tried. */
  readonly repairAfterMilliseconds?: number;
  readonly fileSystem?: JournalFileSystem;
}

interface Parts {
  readonly clock: Clock;
  readonly lock: DirectoryLock;
  readonly window: RetryWindow;
  readonly commits: GroupCommit;
  readonly delivery: SegmentDelivery;
}

/**
 * {@link UsageJournal} on files: groups of records are appended to one open segment, each with one fdatasync; segments
 * are sealed by age or size and handed to the event log.
 */
export class FileUsageJournal implements UsageJournal {
  readonly #parts: Parts;
  /** Requests that are being recorded, by digest: a repetition waits for the same sync. */
  readonly #inFlight = new Map<string, Promise<void>>();
  #closing = false;

  private constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * Takes the directory, recovers what an earlier process left there and begins to hand it over. A full disk is no
   * reason not to start: the journal then refuses records until there is room.
   * @throws DirectoryLockError when another journal has the directory
   * @throws UsageError `journal_damaged`; an error of the file system when the directory cannot be read
   */
  static async open(input: FileUsageJournalInput): Promise<FileUsageJournal> {
    const lock = await lockDirectory(input.directory);
    try {
      return new FileUsageJournal({ ...(await openParts(input)), lock });
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  /**
   * Records each event once: one whose request was recorded within the retry window, or is being recorded, is not
   * recorded again. Of a request that a crash recorded in part, its first events, the others are.
   */
  async record(events: readonly UsageEvent[]): Promise<void> {
    if (this.#closing) throw new UsageError('journal_unavailable', 'The usage journal is closing.');
    const now = this.#parts.clock.now();
    const earlier = new Set<Promise<void>>();
    const seen = new Map<string, number>();
    const fresh = events.filter(({ requestDigest }) => {
      const key = digestKey(requestDigest);
      if (key === undefined) return true;
      const running = this.#inFlight.get(key);
      if (running) earlier.add(running);
      const place = seen.get(key) ?? 0;
      seen.set(key, place + 1);
      return !running && place >= this.#parts.window.count(requestDigest, now);
    });
    if (fresh.length > 0) earlier.add(this.#commit(fresh));
    await Promise.all(earlier);
  }

  recentlyRecorded(requestDigest: Uint8Array): boolean {
    return this.#parts.window.count(requestDigest, this.#parts.clock.now()) > 0;
  }

  /** Why records are refused now; undefined while they are taken. */
  get fault(): unknown {
    return this.#parts.commits.fault;
  }

  /** Since this process began: records, syncs that they shared, refused calls; and what waits to be handed over. */
  get figures(): GroupCommit['figures'] & { readonly backlog: SegmentDelivery['backlog'] } {
    return { ...this.#parts.commits.figures, backlog: this.#parts.delivery.backlog };
  }

  /** Takes no more, records and seals what was taken, hands it over if the event log is there, and gives the directory back. */
  async close(): Promise<void> {
    this.#closing = true;
    await this.#parts.commits.stop();
    await this.#parts.delivery.stop();
    await this.#parts.lock.release();
  }

  #commit(events: readonly UsageEvent[]): Promise<void> {
    const keys = new Set(events.flatMap(({ requestDigest }) => digestKey(requestDigest) ?? []));
    const done = this.#parts.commits.commit(events).finally(() => {
      for (const key of keys) this.#inFlight.delete(key);
    });
    for (const key of keys) this.#inFlight.set(key, done);
    return done;
  }
}

async function openParts(input: FileUsageJournalInput): Promise<Omit<Parts, 'lock'>> {
  const { clock, eventLog, logger, fileSystem = nodeFileSystem, retryWindowMilliseconds: keepFor = 60_000 } = input;
  const directory = new JournalDirectory(input.directory, fileSystem);
  // The directory may be new.
  await fileSystem.syncDirectory(dirname(directory.path));
  const window = new RetryWindow(keepFor);
  const producer = await directory.producer(() => randomBytes(16).toString('hex'));
  const recovered = await recoverJournal({ directory, producer, logger, onEvent: (event) => window.remember(event) });
  const now = (): number => clock.now();
  const delivery = new SegmentDelivery({ directory, producer, eventLog, logger, keepFor, now }, recovered);
  const sequence = recovered.nextSequence;
  const commits = new GroupCommit({
    writer: new SegmentWriter({ directory, producer, sequence, onSealed: (segment) => delivery.add(segment) }),
    sealAfterMilliseconds: input.sealAfterMilliseconds ?? 1_000,
    sealAfterOctets: input.sealAfterOctets ?? 512 * 1024,
    repairAfterMilliseconds: input.repairAfterMilliseconds ?? 1_000,
    logger,
    onRecorded: (events) => events.forEach((event) => window.remember(event)),
  });
  await commits.start();
  delivery.start();
  return { clock, window, commits, delivery };
}
