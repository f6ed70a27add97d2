/** Leaves from `start` to before `end`. */
export interface LeafRange {
  readonly start: number;
  readonly end: number;
}

/** The largest power of two below `count`; `count` is at least 2. */
export function splitOf(count: number): number {
  let split = 1;
  while (2 * split < count) split *= 2;
  return split;
}

/** The perfect subtrees that a range beginning at a multiple of its size is made of, largest first. */
export function perfectRanges({ start, end }: LeafRange): LeafRange[] {
  const ranges: LeafRange[] = [];
  for (let at = start; at < end;) {
    const count = splitOf(end - at + 1);
    ranges.push({ start: at, end: at + count });
    at += count;
  }
  return ranges;
}

/** The ranges whose hashes prove that leaf `index` is in a tree of `size` leaves (RFC 6962, section 2.1.1), in order. */
export function inclusionRanges(index: number, { start, end }: LeafRange): LeafRange[] {
  if (end - start === 1) return [];
  const middle = start + splitOf(end - start);
  return index < middle
    ? [...inclusionRanges(index, { start, end: middle }), { start: middle, end }]
    : [...inclusionRanges(index, { start: middle, end }), { start, end: middle }];
}

/** The ranges whose hashes prove that a tree of `size` leaves is a beginning of this range (RFC 6962, section 2.1.2), in order. */
export function consistencyRanges(size: number, { start, end }: LeafRange): LeafRange[] {
  // The whole of the earlier tree is known to whoever asks; a part of it is not.
  if (size === end) return start === 0 ? [] : [{ start, end }];
  const middle = start + splitOf(end - start);
  return size <= middle
    ? [...consistencyRanges(size, { start, end: middle }), { start: middle, end }]
    : [...consistencyRanges(size, { start: middle, end }), { start, end: middle }];
}
