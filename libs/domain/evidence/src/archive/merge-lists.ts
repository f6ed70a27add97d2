import { TAG } from '@kakunin/der';
import { compareSerials, EntryList, isSameElement } from './entry-list.ts';

const CHUNK_SIZE = 64 * 1024;
/** Of the largest element. */
const MAX_ELEMENT = 2 + 0x7f;

/** Gathers elements into pieces of some size. */
class Pieces {
  #piece = Buffer.allocUnsafe(CHUNK_SIZE);
  #filled = 0;

  /** Whether another element might not fit. */
  get isFull(): boolean {
    return this.#filled + MAX_ELEMENT > CHUNK_SIZE;
  }

  add({ octets, start, end }: Pick<EntryList, 'octets' | 'start' | 'end'>): void {
    // For a few octets a loop is faster than `set`.
    for (let index = start; index < end; index++) this.#piece[this.#filled++] = octets[index]!;
  }

  addRemoval({ octets, serialStart, serialEnd }: EntryList): void {
    this.#piece[this.#filled++] = TAG.integer;
    this.add({ octets, start: serialStart - 1, end: serialEnd });
  }

  take(): Uint8Array {
    const piece = this.#piece.subarray(0, this.#filled);
    this.#piece = Buffer.allocUnsafe(CHUNK_SIZE);
    this.#filled = 0;
    return piece;
  }
}

/**
 * The changes that make the entries of one CRL those of another: entries that are new or different, and the serial numbers
 * of those that left. One pass over both.
 * @throws EvidenceError `malformed_record`
 */
export async function* changesBetween(previous: EntryList, next: EntryList): AsyncGenerator<Uint8Array> {
  const pieces = new Pieces();
  try {
    let [old, fresh] = [await previous.advance(), await next.advance()];
    while (old || fresh) {
      const order = !fresh ? -1 : !old ? 1 : compareSerials(previous, next);
      if (order < 0) pieces.addRemoval(previous);
      else if (order > 0 || !isSameElement(previous, next)) pieces.add(next);
      else if (order === 0) EntryList.skipAlike(previous, next);
      if (pieces.isFull) yield pieces.take();
      // Awaiting each of millions of answers that are there already would cost more than all else.
      const [moreOld, moreFresh] = [order <= 0 ? previous.advance() : old, order >= 0 ? next.advance() : fresh];
      old = typeof moreOld === 'boolean' ? moreOld : await moreOld;
      fresh = typeof moreFresh === 'boolean' ? moreFresh : await moreFresh;
    }
    yield pieces.take();
  } finally {
    await Promise.all([previous.close(), next.close()]);
  }
}

/**
 * What lists of changes come to, applied one after the other: of each serial number the newest word.
 * @param newestFirst few: each element is looked for in all of them
 * @throws EvidenceError `malformed_record`
 */
export const mergeChanges = (newestFirst: readonly EntryList[]): AsyncGenerator<Uint8Array> => merge(newestFirst, true);

/**
 * The entries of a CRL: those of an older one, with the changes since.
 * @throws EvidenceError `malformed_record`
 */
export function applyChanges(entries: EntryList, newestFirst: readonly EntryList[]): AsyncGenerator<Uint8Array> {
  const changes = newestFirst.length > 1 ? [EntryList.over(mergeChanges(newestFirst))] : newestFirst;
  return merge([...changes, entries], false);
}

async function* merge(newestFirst: readonly EntryList[], keepsRemovals: boolean): AsyncGenerator<Uint8Array> {
  const pieces = new Pieces();
  const live: EntryList[] = [];
  try {
    for (const list of newestFirst) if (await list.advance()) live.push(list);
    while (live.length > 0) {
      const least = leastOf(live);
      if (keepsRemovals || least.isEntry) pieces.add(least);
      if (pieces.isFull) yield pieces.take();
      // What was written is compared with to the end, so it moves last.
      for (let index = live.length - 1; index >= 0; index--) {
        const list = live[index]!;
        if (list === least || compareSerials(list, least) !== 0) continue;
        const more = list.advance();
        if (!(typeof more === 'boolean' ? more : await more)) live.splice(index, 1);
      }
      const more = least.advance();
      if (!(typeof more === 'boolean' ? more : await more)) live.splice(live.indexOf(least), 1);
    }
    yield pieces.take();
  } finally {
    await Promise.all(newestFirst.map((list) => list.close()));
  }
}

/** Of those at the same serial number the newest. */
function leastOf(newestFirst: readonly EntryList[]): EntryList {
  let least = newestFirst[0]!;
  for (let index = 1; index < newestFirst.length; index++) {
    if (compareSerials(newestFirst[index]!, least) < 0) least = newestFirst[index]!;
  }
  return least;
}
