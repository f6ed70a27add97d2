import type { UsageSegment } from '@kakunin/usage';
import { decodeEntries, encodeEntries } from './entry-bundle.ts';
import { formatEventId, isEventId } from './event-id.ts';
import { LedgerError } from './ledger-error.ts';
import { advanceState, decodeState, encodeState } from './ledger-state.ts';
import type { LedgerState } from './ledger-state.ts';
import { encodeLeaf } from './usage-leaf.ts';

/** What is to be appended to a tree: the leaves, and the state that the tree has afterwards. */
export interface LedgerAppend extends LedgerState {
  readonly leaves: readonly Uint8Array[];
}

/**
 * The append of these segments to a tree of `from` leaves.
 * @param segments those of one customer: with its events alone, at least one each
 * @throws LedgerError `invalid_leaf`
 */
export function planAppend(from: number, segments: readonly UsageSegment[], marks: LedgerState['marks']): LedgerAppend {
  const state = advanceState(
    from,
    segments.map(({ producer, sequence, events }) => ({ producer, sequence, leaves: events.length })),
    marks,
  );
  return { ...state, leaves: segments.flatMap(leavesOf) };
}

/** The leaves of a segment that holds the events of one customer alone. @throws LedgerError `invalid_leaf` */
function leavesOf({ producer, sequence, events }: UsageSegment): Uint8Array[] {
  const first = formatEventId({ producer, sequence, index: 0 });
  if (!isEventId(first)) throw new LedgerError('invalid_leaf', 'A usage segment has no producer or no number.');
  const segment = first.slice(0, -1);
  return events.map((event, index) => encodeLeaf(event, `${segment}${index}`));
}

/** The state as `encodeState` writes it, then the leaves as an entry bundle. */
export const encodeAppend = (append: LedgerAppend): Buffer =>
  Buffer.concat([Buffer.from(encodeState(append)), encodeEntries(append.leaves)]);

/** @throws LedgerError `damaged` */
export function decodeAppend(octets: Uint8Array): LedgerAppend {
  const source = Buffer.from(octets.buffer, octets.byteOffset, octets.length);
  const end = source.indexOf('\n\n') + 2;
  const state = decodeState(source.toString('latin1', 0, end));
  const leaves = decodeEntries(source.subarray(end));
  if (!state || !leaves || leaves.length !== state.to - state.from)
    throw new LedgerError('damaged', 'An append that was begun cannot be read.');
  return { ...state, leaves };
}
