import { encodeUsageRecords } from '@kakunin/usage';
import type { UsageError, UsageEvent } from '@kakunin/usage';
import { JournalDirectories } from '../journal-directories.ts';
import type { JournalDirectoriesInput } from '../journal-directories.ts';
import type { RecordedEvents } from '../waiter.ts';
import { JournalWriter } from '../journal-writer.ts';
import type { JournalWriterInput } from '../journal-writer.ts';

export type JournalInput = JournalDirectoriesInput &
  Pick<
    Partial<JournalWriterInput>,
    'sealAfterMilliseconds' | 'sealAfterOctets' | 'repairAfterMilliseconds' | 'patienceMilliseconds'
  > & {
    /** Default 0. */
    readonly worker?: number;
  };

/** A writer and the directories that it needs side by side, with promises: what worker and main thread are together. */
export class JournalInOneThread {
  readonly directories: JournalDirectories;
  readonly writer: JournalWriter;

  private constructor(directories: JournalDirectories, writer: JournalWriter) {
    this.directories = directories;
    this.writer = writer;
  }

  static async open(input: JournalInput): Promise<JournalInOneThread> {
    const directories = await JournalDirectories.open(input);
    return new JournalInOneThread(directories, await openWriter(directories, input));
  }

  /** The request digest of all events is the first one's. */
  record(events: readonly UsageEvent[]): Promise<RecordedEvents | undefined> {
    return recordWith(this.writer, events);
  }

  async close(): Promise<void> {
    await this.writer.close();
    await this.directories.close();
  }
}

/** Opens a writer in the place of a worker, which reports as one does. */
export async function openWriter(
  directories: JournalDirectories,
  input: Partial<JournalInput> & Pick<JournalInput, 'clock'>,
): Promise<JournalWriter> {
  const { worker = 0 } = input;
  return JournalWriter.open({
    ...input,
    ...(await directories.prepare(worker)),
    onSealed: (segment) => directories.sealed(worker, segment),
    onFault: (fault) => directories.reports.fault(worker, fault?.message),
  });
}

export const recordWith = (writer: JournalWriter, events: readonly UsageEvent[]): Promise<RecordedEvents | undefined> =>
  new Promise((recorded, refused: (error: UsageError) => void) => {
    const { requestDigest, time } = events[0]!;
    const digest = requestDigest.some((octet) => octet !== 0) ? requestDigest : undefined;
    const tally = writer.tallyOf(events[0]!.platformProvider);
    const request = { records: encodeUsageRecords(events), count: events.length, time, digest, tally };
    writer.record(request, { recorded, refused });
  });
