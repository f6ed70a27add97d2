import { encodeUsageRecords } from '@kakunin/usage';
import type { UsageError, UsageEvent, UsageJournal } from '@kakunin/usage';
import { JournalDirectories } from './journal-directories.ts';
import type { JournalDirectoriesInput } from './journal-directories.ts';
import { JournalWriter } from './journal-writer.ts';
import type { JournalWriterFigures, JournalWriterInput } from './journal-writer.ts';
import { RetryWindow } from './retry-window.ts';

export type FileUsageJournalInput = JournalDirectoriesInput &
  Pick<Partial<JournalWriterInput>, 'sealAfterMilliseconds' | 'sealAfterOctets' | 'repairAfterMilliseconds'>;

/** {@link UsageJournal} in one thread: a writer and its directory side by side. */
export class FileUsageJournal implements UsageJournal {
  readonly directories: JournalDirectories;
  readonly #writer: JournalWriter;
  readonly #window: RetryWindow;
  readonly #now: () => number;

  private constructor(directories: JournalDirectories, writer: JournalWriter, now: () => number) {
    this.directories = directories;
    this.#writer = writer;
    this.#window = new RetryWindow(directories.retryWindow);
    this.#now = now;
  }

  static async open(input: FileUsageJournalInput): Promise<FileUsageJournal> {
    const directories = await JournalDirectories.open(input);
    const writer = await JournalWriter.open({
      ...input,
      ...(await directories.prepare(0)),
      onSealed: (segment) => directories.sealed(0, segment),
      onFault: (fault) => directories.reports.fault(0, fault?.message),
    });
    return new FileUsageJournal(directories, writer, () => input.clock.now());
  }

  /** All events are of one request. */
  record(events: readonly UsageEvent[]): Promise<void> {
    return new Promise((recorded, refused: (error: UsageError) => void) => {
      const digest = events[0]?.requestDigest;
      this.#writer.record(
        {
          records: encodeUsageRecords(events),
          count: events.length,
          time: events[0]?.time ?? 0,
          digest: digest?.some((octet) => octet !== 0) ? digest : undefined,
        },
        { recorded, refused },
      );
    });
  }

  recentlyRecorded(requestDigest: Uint8Array): boolean {
    return this.#window.count(requestDigest, 0, this.#now()) > 0;
  }

  get figures(): JournalWriterFigures {
    return this.#writer.figures;
  }

  get fault(): UsageError | undefined {
    return this.#writer.fault;
  }

  async close(): Promise<void> {
    await this.#writer.close();
    await this.directories.close();
  }
}
