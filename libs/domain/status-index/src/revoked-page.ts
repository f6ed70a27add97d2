import { INVALIDITY_DATE } from './packed-state.ts';
import type { PackedState } from './packed-state.ts';
import {
  CHUNK_WORDS,
  CODE_WORDS,
  flagsOf,
  NARROW,
  notAfterOf,
  ORDINALS_A_PAGE,
  revokedBits,
  secondWord,
  WIDE,
} from './page-layout.ts';
import type { PageMemory } from './page-memory.ts';

/** A copy of what is revoked of one page; one object serves for page after page. */
export class RevokedPage {
  /** Of the revoked certificates, ascending; {@link count} of them. */
  readonly ordinals: Uint32Array;
  count = 0;
  /** Words of an entry. */
  width: number = NARROW;
  /** The entries, as they lie in the index. */
  readonly words: Uint32Array;

  constructor(capacity = ORDINALS_A_PAGE) {
    this.ordinals = new Uint32Array(capacity);
    this.words = new Uint32Array(capacity * WIDE);
  }

  clear(): void {
    this.count = 0;
  }

  /** One more, of any page; after {@link clear} only. */
  append(ordinal: number, state: PackedState): void {
    this.width = WIDE;
    const at = this.count * WIDE;
    this.ordinals[this.count] = ordinal;
    this.words[at] = state.revocationDate;
    this.words[at + 1] = secondWord(state);
    this.words[at + 2] = state.invalidityDate;
    this.count += 1;
  }

  /** What it reads holds together only if the page's version says so afterwards. */
  read(memory: PageMemory, page: number, width: number): void {
    this.width = width;
    this.count = memory.revokedOf(page);
    if (this.count === 0) return;
    this.#readOrdinals(memory, page);
    const length = this.count * width;
    for (let at = 0; at < length; at += CHUNK_WORDS) {
      const start = memory.foundPlaceOf(page, at);
      this.words.set(memory.entries.subarray(start, start + Math.min(CHUNK_WORDS, length - at)), at);
    }
  }

  /** A copy that takes no more memory than it needs. */
  trimmed(): RevokedPage {
    const copy = new RevokedPage(this.count);
    copy.count = this.count;
    copy.width = this.width;
    copy.ordinals.set(this.ordinals.subarray(0, this.count));
    copy.words.set(this.words.subarray(0, this.count * this.width));
    return copy;
  }

  /** Where a revoked certificate stands; −1 when it is not revoked. */
  indexOf(ordinal: number): number {
    let [from, to] = [0, this.count];
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (this.ordinals[middle]! < ordinal) from = middle + 1;
      else to = middle;
    }
    return from < this.count && this.ordinals[from] === ordinal ? from : -1;
  }

  state(index: number, target: PackedState): void {
    const at = index * this.width;
    const second = this.words[at + 1]!;
    target.flags = flagsOf(second);
    target.revocationDate = this.words[at]!;
    target.invalidityDate = target.flags & INVALIDITY_DATE ? this.words[at + 2]! : 0;
    target.notAfter = notAfterOf(second);
  }

  #readOrdinals(memory: PageMemory, page: number): void {
    let count = 0;
    for (let word = page * CODE_WORDS, end = word + CODE_WORDS; word < end; word += 1) {
      for (let bits = revokedBits(memory.codes[word]!); bits !== 0; bits &= bits - 1) {
        this.ordinals[count] = word * 16 + ((31 - Math.clz32(bits & -bits)) >>> 1);
        count += 1;
      }
    }
  }
}
