import type { Clock } from '@kakunin/calendar';
import { recordEnd, UsageError } from '@kakunin/usage';
import { CustomerTally } from './customer-tally.ts';
import { GroupCommit } from './group-commit.ts';
import { HangWatch } from './hang-watch.ts';
import { untilIdleSeal } from './idle-seal.ts';
import { JournalDirectory } from './journal-directory.ts';
import { nodeFileSystem } from './journal-file-system.ts';
import type { JournalFileSystem } from './journal-file-system.ts';
import { GROUP_OCTETS } from './record-group.ts';
import { RequestClaims } from './request-claims.ts';
import type { RetryWindowMemory } from './retry-window-memory.ts';
import { RetryWindow } from './retry-window.ts';
import type { SealedSegment } from './sealed-segment.ts';
import { SegmentWriter } from './segment-writer.ts';
import type { RecordedRequest, Waiter } from './waiter.ts';

/** Where a worker writes: what `JournalDirectories.prepare` gives, and what can be posted to it. */
export interface JournalPlace {
  /** Belongs to this writer alone, on a disk that honours fdatasync. */
  readonly directory: string;
  /** The journal's identity: 32 hexadecimal digits. */
  readonly producer: string;
  /** Of the first segment that it writes. */
  readonly nextSequence: bigint;
  /** When the segment before was sealed, epoch ms: nothing later in the journal is earlier. 0 for the first one. */
  readonly sealedAt: number;
  /** What it claims requests with, see `RequestClaims`. */
  readonly claimant: number;
  readonly retryWindow: RetryWindowMemory;
}

export interface JournalWriterInput extends JournalPlace {
  readonly clock: Clock;
  /** Default 1,000: how long usage may wait on one machine's disk before it is handed over. */
  readonly sealAfterMilliseconds?: number;
  /** Default 60,000: how often a journal that nothing is added to says that it is complete up to now. */
  readonly idleSealMilliseconds?: number;
  /** Default 512 KiB: with one more group, well under the 1 MB that Kafka takes as a message. */
  readonly sealAfterOctets?: number;
  /** Default 1,000: how often a disk that refuses is tried. */
  readonly repairAfterMilliseconds?: number;
  /**
   * Default 5,000: a disk that says nothing for so long hangs, and nothing new is given to it; a request that another
   * worker claims for so long is refused.
   */
  readonly patienceMilliseconds?: number;
  /** Told of a segment that is complete and can be handed over. */
  readonly onSealed: (segment: SealedSegment) => void;
  /** Told when the disk begins to refuse or hangs, and when it takes records again. */
  readonly onFault: (fault: UsageError | undefined) => void;
  readonly fileSystem?: JournalFileSystem;
}

/** Since the writer was opened. */
export interface JournalWriterFigures {
  readonly records: number;
  /** What they shared. */
  readonly syncs: number;
  /** Requests that the disk refused. */
  readonly refusals: number;
  /** Requests that were recorded already. */
  readonly repetitions: number;
}

/** One that another worker, or this one, is recording. */
interface ClaimedRequest {
  readonly request: RecordedRequest;
  readonly waiter: Waiter;
  /** Monotonic, milliseconds. */
  readonly until: number;
}

/** How often a request is tried again that somebody else is recording. */
const CLAIMED_PAUSE = 1;

/**
 * The journal of one worker. Records of many requests share one sync (group commit), and a request is recorded once
 * within the retry window, whichever worker it comes to.
 */
export class JournalWriter {
  readonly #commits: GroupCommit;
  readonly #window: RetryWindow;
  readonly #claims: RequestClaims;
  readonly #hangs: HangWatch;
  readonly #patience: number;
  #claimed: ClaimedRequest[] = [];
  #claimedTimer: NodeJS.Timeout | undefined;
  readonly #clock: Clock;
  readonly #tallies = new Map<string, CustomerTally>();
  #earliestTime: number;
  #repetitions = 0;
  #closing: Promise<void> | undefined;

  private constructor(input: JournalWriterInput) {
    const {
      producer,
      nextSequence: sequence,
      clock,
      onSealed,
      onFault,
      fileSystem = nodeFileSystem,
      patienceMilliseconds = 5_000,
      idleSealMilliseconds = 60_000,
    } = input;
    const directory = new JournalDirectory(input.directory, fileSystem);
    this.#window = new RetryWindow(input.retryWindow);
    this.#claims = new RequestClaims(input.retryWindow, input.claimant);
    this.#clock = clock;
    this.#earliestTime = input.sealedAt;
    const sealTime = (): number => (this.#earliestTime = this.#sealTime());
    this.#commits = new GroupCommit({
      segments: new SegmentWriter({ directory, producer, sequence, sealTime, onSealed }),
      window: this.#window,
      claims: this.#claims,
      sealAfterMilliseconds: input.sealAfterMilliseconds ?? 1_000,
      idleSealMilliseconds: () => untilIdleSeal(clock.now(), idleSealMilliseconds),
      sealAfterOctets: input.sealAfterOctets ?? 512 * 1024,
      repairAfterMilliseconds: input.repairAfterMilliseconds ?? 1_000,
      onFault,
      onSettled: () => this.#tryAgain(),
    });
    this.#patience = patienceMilliseconds;
    this.#hangs = new HangWatch({
      patience: patienceMilliseconds,
      work: () => this.#commits.work,
      onChange: () => onFault(this.fault),
    });
  }

  /** A full disk is no reason not to start: the journal then refuses records until there is room. */
  static async open(input: JournalWriterInput): Promise<JournalWriter> {
    const writer = new JournalWriter(input);
    await writer.#commits.start();
    return writer;
  }

  /**
   * Records a request, unless it was recorded within the retry window; then, or when it is just being recorded, its
   * waiter is told the same. Of a request that a crash recorded in part, the other records are added.
   */
  record(request: RecordedRequest, waiter: Waiter): void {
    if (this.#closing) waiter.refused(new UsageError('journal_unavailable', 'The usage journal is closing.'));
    else if (this.#hangs.hangs) waiter.refused(hanging());
    else if (request.records.length > GROUP_OCTETS) waiter.refused(tooLarge(request));
    else if (request.time < this.#earliestTime) waiter.refused(tooEarly());
    else this.#record(request, waiter);
  }

  /**
   * No record may bear an earlier time (epoch ms): the journal has said that it is complete up to then. Later than the
   * clock only after that was set back; then records bear this time, until the clock has caught up.
   */
  get earliestTime(): number {
    return this.#earliestTime;
  }

  /** Counts the events of one customer: the same for the same code. */
  tallyOf(customer: string): CustomerTally {
    const known = this.#tallies.get(customer);
    if (known) return known;
    const tally = new CustomerTally();
    this.#tallies.set(customer, tally);
    return tally;
  }

  /** Why records are refused now; undefined while they are taken. */
  get fault(): UsageError | undefined {
    return this.#hangs.hangs ? hanging() : this.#commits.fault;
  }

  get figures(): JournalWriterFigures {
    return { ...this.#commits.figures, repetitions: this.#repetitions };
  }

  /** Takes no more, records what was taken, and seals it. */
  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  async #close(): Promise<void> {
    while (this.#claimed.length > 0) await new Promise((resolve) => setTimeout(resolve, CLAIMED_PAUSE));
    await this.#commits.stop();
    this.#hangs.stop();
  }

  #record(request: RecordedRequest, waiter: Waiter, until?: number): void {
    const { digest, records, count, time } = request;
    if (!digest) return this.#commits.add(request, NOTHING_EARLIER, waiter);
    if (!this.#claims.take(digest, 0)) return this.#tryLater(request, waiter, until);
    const known = this.#window.count(digest, 0, time);
    if (known < count) return this.#commits.add(request, { known, end: endOf(records, known) }, waiter);
    this.#claims.release(digest, 0);
    this.#repetitions += 1;
    waiter.recorded(undefined);
  }

  /** Now, but not later than what waits for the next segment. */
  #sealTime(): number {
    let time = Math.min(this.#clock.now(), this.#commits.oldestWaiting);
    for (const { request } of this.#claimed) time = Math.min(time, request.time);
    return Math.max(this.#earliestTime, time);
  }

  /** This worker or another one is recording the request, or one whose claim it shares. */
  #tryLater(request: RecordedRequest, waiter: Waiter, until = performance.now() + this.#patience): void {
    if (performance.now() > until) return waiter.refused(claimed());
    // Not `slice`, which copies nothing of a Buffer.
    const records = Uint8Array.from(request.records);
    const kept = { ...request, records, digest: request.digest && Uint8Array.from(request.digest) };
    this.#claimed.push({ request: kept, waiter, until });
    this.#claimedTimer ??= setTimeout(() => this.#tryAgain(), CLAIMED_PAUSE);
  }

  #tryAgain(): void {
    if (this.#claimed.length === 0) return;
    clearTimeout(this.#claimedTimer);
    this.#claimedTimer = undefined;
    const waiting = this.#claimed;
    this.#claimed = [];
    for (const { request, waiter, until } of waiting) this.#record(request, waiter, until);
  }
}

const NOTHING_EARLIER = { known: 0, end: 0 };

function endOf(records: Uint8Array, count: number): number {
  let end = 0;
  for (let index = 0; index < count; index += 1) end = recordEnd(records, end);
  return end;
}

const claimed = (): UsageError =>
  new UsageError('journal_unavailable', 'Another worker has claimed the request, and does not let it go.');

const hanging = (): UsageError =>
  new UsageError('journal_unavailable', 'The disk under the usage journal hangs: see the runbook journal-unavailable.');

const tooEarly = (): UsageError =>
  new UsageError('invalid_event', 'A record is earlier than what the journal has said to be complete.');

const tooLarge = ({ records }: RecordedRequest): UsageError =>
  new UsageError(
    'invalid_event',
    `The records of one request are ${records.length} octets, more than ${GROUP_OCTETS}.`,
  );
