import type { UsageSegment } from '@kakunin/usage';

/** Which segment: a journal, and its number there. */
export type SegmentId = Pick<UsageSegment, 'producer' | 'sequence'>;

/** What one append brought, and what the tree holds after it. */
export interface LedgerState {
  /** Leaves before the append. */
  readonly from: number;
  /** Leaves after it. */
  readonly to: number;
  /** The segments whose events were appended. */
  readonly segments: readonly SegmentId[];
  /** Highest sequence in the tree, by producer. */
  readonly marks: ReadonlyMap<string, bigint>;
}

const TREE = /^tree (0|[1-9]\d*) ([1-9]\d*)$/;
const SEGMENT = /^(segment|mark) ([0-9a-f]{32}) ([1-9]\d*)$/;

/** Lines `tree <from> <to>`, `segment <producer> <sequence>` and `mark <producer> <sequence>`, and an empty line. */
export const encodeState = ({ from, to, segments, marks }: LedgerState): string =>
  [
    `tree ${from} ${to}`,
    ...segments.map(({ producer, sequence }) => `segment ${producer} ${sequence}`),
    ...[...marks].map(([producer, sequence]) => `mark ${producer} ${sequence}`),
    '\n',
  ].join('\n');

/** @returns undefined when the text is no state */
export function decodeState(text: string): LedgerState | undefined {
  const [first, ...rest] = text.split('\n');
  const tree = TREE.exec(first ?? '');
  if (!tree || rest.at(-1) !== '' || rest.at(-2) !== '') return undefined;
  const segments: SegmentId[] = [];
  const marks = new Map<string, bigint>();
  for (const line of rest.slice(0, -2)) {
    const [, kind, producer, sequence] = SEGMENT.exec(line) ?? [];
    if (!kind || !producer || !sequence) return undefined;
    if (kind === 'mark') marks.set(producer, BigInt(sequence));
    else segments.push({ producer, sequence: BigInt(sequence) });
  }
  return { from: Number(tree[1]), to: Number(tree[2]), segments, marks };
}

/** The state after these segments. */
export function advanceState(
  from: number,
  segments: readonly (SegmentId & { readonly leaves: number })[],
  marks: LedgerState['marks'],
): LedgerState {
  const next = new Map(marks);
  let to = from;
  for (const { producer, sequence, leaves } of segments) {
    to += leaves;
    if (sequence > (next.get(producer) ?? 0n)) next.set(producer, sequence);
  }
  return { from, to, segments: segments.map(({ producer, sequence }) => ({ producer, sequence })), marks: next };
}
