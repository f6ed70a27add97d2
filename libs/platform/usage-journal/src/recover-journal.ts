import { recoverSegment } from '@kakunin/usage';
import type { UsageEvent } from '@kakunin/usage';
import type { Logger } from 'pino';
import type { JournalDirectory, SegmentName } from './journal-directory.ts';
import { sealedSegment } from './sealed-segment.ts';
import type { SealedSegment } from './sealed-segment.ts';

interface RecoverInput {
  readonly directory: JournalDirectory;
  readonly producer: string;
  readonly logger: Pick<Logger, 'error' | 'info'>;
  /** Told of every record that is found, so that a retry window can be filled. */
  readonly onEvent: (event: UsageEvent) => void;
  /** The last segment that is known already; the later ones are looked at. */
  readonly after: bigint;
}

/** What a journal left behind. */
export interface RecoveredJournal {
  /** To be handed over, in order. */
  readonly unsent: readonly SealedSegment[];
  readonly sent: readonly SealedSegment[];
  /** Of the next segment to write: the numbers of a journal have no gaps. */
  readonly nextSequence: bigint;
}

/**
 * Takes stock of a journal after its writer ended, however it did. Only the last segment can have a torn tail, of
 * records that nobody was told were recorded: it is cut off. Anywhere else it is damage: then what is whole is kept
 * to be handed over, and the file as it was is kept beside it as `….damaged`.
 */
export async function recoverJournal(input: RecoverInput): Promise<RecoveredJournal> {
  const names = (await input.directory.segments()).filter(({ sequence }) => sequence > input.after);
  const unsent: SealedSegment[] = [];
  const sent: SealedSegment[] = [];
  let nextSequence = input.after + 1n;
  for (const [index, name] of names.entries()) {
    const segment = await recoverOne(input, name, index === names.length - 1);
    if (segment.count > 0) (name.state === 'sent' ? sent : unsent).push(segment);
    // An empty last segment was never sent: its number is used again.
    nextSequence = segment.count > 0 || name.state === 'sent' ? name.sequence + 1n : name.sequence;
  }
  return { unsent, sent, nextSequence };
}

async function recoverOne(input: RecoverInput, name: SegmentName, last: boolean): Promise<SealedSegment> {
  const { directory, producer, logger } = input;
  const path = directory.pathOf(name);
  const octets = await directory.fileSystem.read(path);
  const recovered = recoverSegment(octets);
  const ours = recovered?.segment.producer === producer && recovered.segment.sequence === name.sequence;
  const whole = ours ? recovered.wholeOctets : 0;
  const events = ours ? recovered.segment.events : [];
  if (whole < octets.length) {
    const found = { sequence: name.sequence.toString(), records: events.length, octetsCut: octets.length - whole };
    if (last) logger.info(found, 'cut the torn tail off the last usage segment');
    else logger.error(found, 'a usage segment is damaged: the file as it was is kept as .damaged');
    if (!last) await directory.writeWhole(`${path}.damaged`, octets);
  }
  // The last segment is synced in any case: kill -9 leaves whole records that were written and not synced.
  if (last || whole < octets.length) await cut(directory, path, whole);
  for (const event of events) input.onEvent(event);
  return sealedSegment(name.sequence, events);
}

async function cut({ fileSystem }: JournalDirectory, path: string, length: number): Promise<void> {
  const file = await fileSystem.open(path);
  try {
    await file.truncate(length);
    await file.sync();
  } finally {
    await file.close();
  }
}
