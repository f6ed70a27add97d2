import { encodeSegmentTrailer, recoverSegment } from '@kakunin/usage';
import type { RecoveredSegment, UsageEvent } from '@kakunin/usage';
import type { Logger } from 'pino';
import type { JournalDirectory, SegmentName } from './journal-directory.ts';
import type { SealedSegment } from './sealed-segment.ts';

interface RecoverInput {
  readonly directory: JournalDirectory;
  readonly producer: string;
  readonly logger: Pick<Logger, 'error' | 'info'>;
  /** Told of every record that is found, so that a retry window can be filled. */
  readonly onEvent: (event: UsageEvent) => void;
  /** The last segment that is known already; the later ones are looked at. */
  readonly after: bigint;
  /** When the last one was sealed that is known already, epoch ms. */
  readonly sealedAt: number;
  /** Epoch ms. */
  readonly now: number;
}

/** What a journal left behind. */
export interface RecoveredJournal {
  /** To be handed over, in order. */
  readonly unsent: readonly SealedSegment[];
  readonly sent: readonly SealedSegment[];
  /** Of the next segment to write: the numbers of a journal have no gaps. */
  readonly nextSequence: bigint;
  /** When the last of them was sealed, epoch ms. */
  readonly sealedAt: number;
}

/**
 * Takes stock of a journal after its writer ended, however it did. Only the last segment can have a torn tail, of
 * records that nobody was told were recorded: it is cut off, and the segment is sealed. Anywhere else it is damage: then
 * what is whole is kept to be handed over, and the file as it was is kept beside it as `….damaged`.
 */
export async function recoverJournal(input: RecoverInput): Promise<RecoveredJournal> {
  const names = (await input.directory.segments()).filter(({ sequence }) => sequence > input.after);
  const unsent: SealedSegment[] = [];
  const sent: SealedSegment[] = [];
  let { after, sealedAt } = input;
  for (const [index, name] of names.entries()) {
    const segment = await recoverOne(input, { name, last: index === names.length - 1, sealedAt });
    if (!segment) continue;
    (name.state === 'sent' ? sent : unsent).push(segment);
    after = name.sequence;
    sealedAt = Math.max(sealedAt, segment.sealedAt);
  }
  return { unsent, sent, nextSequence: after + 1n, sealedAt };
}

interface Found {
  readonly name: SegmentName;
  readonly last: boolean;
  /** Of the segment before, epoch ms. */
  readonly sealedAt: number;
}

/** @returns undefined for one that never held anything: its number is used again */
async function recoverOne(input: RecoverInput, found: Found): Promise<SealedSegment | undefined> {
  const { directory, producer } = input;
  const { name, last } = found;
  const path = directory.pathOf(name);
  const octets = await directory.fileSystem.read(path);
  const recovered = recoverSegment(octets);
  const ours = recovered?.segment.producer === producer && recovered.segment.sequence === name.sequence;
  const whole = ours ? recovered.wholeOctets : 0;
  const events = ours ? recovered.segment.events : [];
  const isDamaged = !last && (whole < octets.length || recovered?.isOpen === true);
  if (whole < octets.length || isDamaged) tellCut(input, found, { records: events.length, cut: octets.length - whole });
  if (isDamaged) await directory.writeWhole(`${path}.damaged`, octets);
  const sealedAt = sealTimeOf(recovered, found, input.now);
  const trailer = ours && recovered.isOpen && events.length > 0 ? encodeSegmentTrailer(sealedAt) : NOTHING;
  // The last segment is synced in any case: kill -9 leaves whole records that were written and not synced.
  if (last || isDamaged) await end(directory, path, { whole, trailer });
  for (const event of events) input.onEvent(event);
  if (events.length === 0 && recovered?.segment.sealedAt === undefined && name.state !== 'sent') return undefined;
  return { sequence: name.sequence, count: events.length, sealedAt };
}

const NOTHING = new Uint8Array();

/** What was sealed says it. Of damage nobody knows more than of the segment before. */
function sealTimeOf(recovered: RecoveredSegment | undefined, { last, sealedAt }: Found, now: number): number {
  const segment = recovered?.segment;
  if (segment?.sealedAt !== undefined) return segment.sealedAt;
  if (recovered?.isOpen) return last ? Math.max(sealedAt, now) : sealedAt;
  return (segment?.events ?? []).reduce((newest, { time }) => Math.max(newest, time), sealedAt);
}

function tellCut({ logger }: RecoverInput, { name, last }: Found, what: { records: number; cut: number }): void {
  const found = { sequence: name.sequence.toString(), records: what.records, octetsCut: what.cut };
  if (last) logger.info(found, 'cut the torn tail off the last usage segment');
  else logger.error(found, 'a usage segment is damaged: the file as it was is kept as .damaged');
}

async function end(
  { fileSystem }: JournalDirectory,
  path: string,
  { whole, trailer }: { readonly whole: number; readonly trailer: Uint8Array },
): Promise<void> {
  const file = await fileSystem.open(path);
  try {
    await file.truncate(whole);
    if (trailer.length > 0) await file.write(trailer, whole);
    await file.sync();
  } finally {
    await file.close();
  }
}
