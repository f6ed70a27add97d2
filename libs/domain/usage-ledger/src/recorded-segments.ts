import type { UsageSegment } from '@kakunin/usage';
import { LedgerError } from './ledger-error.ts';
import { decodeState } from './ledger-state.ts';
import type { LedgerState, SegmentId } from './ledger-state.ts';
import { statePath } from './ledger-store.ts';
import type { LedgerFiles } from './ledger-store.ts';

/**
 * Knows which segments are in the tree of `size` leaves. One above its producer's mark is not. One at or below it is a
 * repetition, or comes late: that is looked up in the states before, back to the append that took the producer's mark
 * past it. So a segment in order costs nothing, and a late one a read for each append that it is late by.
 */
export class RecordedSegments {
  readonly #files: LedgerFiles;
  readonly #size: number;
  readonly #states = new Map<number, LedgerState>();

  constructor(files: LedgerFiles, size: number) {
    this.#files = files;
    this.#size = size;
  }

  /** Highest sequence in the tree, by producer. @throws LedgerError `damaged` */
  async marks(): Promise<LedgerState['marks']> {
    return (await this.#stateAt(this.#size)).marks;
  }

  /** Those that are not in the tree, each once. @throws LedgerError `damaged` */
  async missingOf(segments: readonly UsageSegment[]): Promise<UsageSegment[]> {
    const missing = new Map<string, UsageSegment>();
    for (const segment of segments) {
      const key = keyOf(segment);
      if (!missing.has(key) && !(await this.#has(segment))) missing.set(key, segment);
    }
    return [...missing.values()];
  }

  async #has(segment: SegmentId): Promise<boolean> {
    for (let size = this.#size; ;) {
      const { from, segments, marks } = await this.#stateAt(size);
      if (segment.sequence > (marks.get(segment.producer) ?? 0n)) return false;
      if (segments.some((recorded) => keyOf(recorded) === keyOf(segment))) return true;
      size = from;
    }
  }

  async #stateAt(size: number): Promise<LedgerState> {
    const known = size === 0 ? EMPTY : this.#states.get(size);
    if (known) return known;
    const octets = await this.#files.read(statePath(size));
    const state = octets && decodeState(Buffer.from(octets).toString('latin1'));
    if (!state || state.to !== size || state.from >= size)
      throw new LedgerError('damaged', `${statePath(size)} is missing or cannot be read.`);
    this.#states.set(size, state);
    return state;
  }
}

const EMPTY: LedgerState = { from: 0, to: 0, segments: [], marks: new Map() };

const keyOf = ({ producer, sequence }: SegmentId): string => `${producer}/${sequence}`;
