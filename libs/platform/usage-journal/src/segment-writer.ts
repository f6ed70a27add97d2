import { encodeSegmentHeader, encodeSegmentTrailer, SEGMENT_HEADER_OCTETS, UsageError } from '@kakunin/usage';
import type { JournalDirectory } from './journal-directory.ts';
import type { Appendix, JournalFile } from './journal-file-system.ts';
import type { SealedSegment } from './sealed-segment.ts';

/** Records that share one write and one sync. */
export interface SegmentAppendix extends Appendix {
  /** Records in it. */
  readonly count: number;
}

interface SegmentWriterInput {
  readonly directory: JournalDirectory;
  readonly producer: string;
  /** Of the first segment to write. */
  readonly sequence: bigint;
  /** Asked when a segment is sealed: epoch ms, never earlier than before. Nothing may be appended later that is earlier. */
  readonly sealTime: () => number;
  readonly onSealed: (segment: SealedSegment) => void;
}

/**
 * The open segment. Its owner takes care that calls never overlap.
 *
 * A file that refused a write or a sync is never written to again: after a failed fdatasync the kernel may take lost
 * pages for clean, so that a second one would succeed and mean nothing. It is cut back to what was synced, which
 * unrecords the group that was rejected; {@link roll} sees to that, and goes on in a new file.
 */
export class SegmentWriter {
  readonly #input: SegmentWriterInput;
  #file: JournalFile | undefined;
  #sequence: bigint;
  /** Octets of the open segment that are synced. */
  #synced = 0;
  /** The file may hold more than what is synced. */
  #torn = false;
  #count = 0;

  constructor(input: SegmentWriterInput) {
    this.#input = input;
    this.#sequence = input.sequence;
  }

  /** Octets of the open segment. */
  get octets(): number {
    return this.#synced;
  }

  /** Of the open segment. */
  get sequence(): bigint {
    return this.#sequence;
  }

  /** Records in the open segment that are synced. */
  get count(): number {
    return this.#count;
  }

  /** @param done told of a UsageError `journal_unavailable` when none of the records is kept */
  append(records: SegmentAppendix, done: (error: UsageError | null) => void): void {
    const file = this.#file;
    if (!file) return done(unavailable());
    file.append(records, this.#synced, (error) => {
      if (error) return void this.#refuse(file, error, done);
      this.#synced += records.length;
      this.#count += records.count;
      done(null);
    });
  }

  /**
   * Seals the open segment, even if there is nothing in it, and opens the next; after a refusal, also repairs.
   * @throws UsageError `journal_unavailable`: call it again later
   */
  async roll(): Promise<void> {
    await this.seal();
    await this.#openNext();
  }

  /** Seals without opening another; only {@link roll} can follow. @throws UsageError `journal_unavailable` */
  async seal(): Promise<void> {
    if (this.#torn) await this.#cutBack();
    // Refused before there was anything in it: the next one has its number.
    if (!this.#file && this.#count === 0) return;
    const sealedAt = this.#input.sealTime();
    await this.#writeTrailer(sealedAt);
    this.#input.onSealed({ sequence: this.#sequence, count: this.#count, sealedAt });
    this.#sequence += 1n;
    this.#synced = this.#count = 0;
  }

  async #writeTrailer(sealedAt: number): Promise<void> {
    const { fileSystem } = this.#input.directory;
    // Until it is written whole, what is written of it is to be cut off.
    this.#torn = true;
    try {
      this.#file ??= await fileSystem.open(this.#path());
      await this.#file.write(encodeSegmentTrailer(sealedAt), this.#synced);
    } catch (cause) {
      if (this.#file) await this.#abandon(this.#file);
      throw unavailable(cause);
    }
    this.#torn = false;
    await this.#abandon(this.#file);
  }

  async #refuse(file: JournalFile, cause: Error, done: (error: UsageError) => void): Promise<void> {
    this.#torn = true;
    await this.#abandon(file);
    // At once if it can be: a kill before the repair would leave records of answers that nobody got.
    await this.#cutBack().catch(() => undefined);
    done(unavailable(cause));
  }

  async #cutBack(): Promise<void> {
    const { directory } = this.#input;
    try {
      const file = await directory.fileSystem.open(this.#path());
      try {
        await file.truncate(this.#synced);
        await file.sync();
      } finally {
        await file.close();
      }
    } catch (cause) {
      throw unavailable(cause);
    }
    this.#torn = false;
  }

  /** The file may be there already, from a try that failed: it holds no record then. */
  async #openNext(): Promise<void> {
    const { directory, producer } = this.#input;
    let file: JournalFile | undefined;
    try {
      file = await directory.fileSystem.open(this.#path());
      await file.truncate(0);
      await file.write(encodeSegmentHeader({ producer, sequence: this.#sequence }), 0);
      await directory.fileSystem.syncDirectory(directory.path);
    } catch (cause) {
      if (file) await this.#abandon(file);
      throw unavailable(cause);
    }
    this.#file = file;
    this.#synced = SEGMENT_HEADER_OCTETS;
  }

  #path(): string {
    return this.#input.directory.pathOf({ sequence: this.#sequence, state: 'segment' });
  }

  /** Everything that counts is synced already, so a failing close loses nothing. */
  async #abandon(file: JournalFile): Promise<void> {
    this.#file = undefined;
    await file.close().catch(() => undefined);
  }
}

function unavailable(cause?: unknown): UsageError {
  const why = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
  return new UsageError(
    'journal_unavailable',
    `The disk under the usage journal refuses${why}: see the runbook journal-unavailable.`,
    { cause },
  );
}
