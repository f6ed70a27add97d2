import { INVALIDITY_DATE, isRevoked, SMARTPHONE } from './packed-state.ts';
import type { PackedState } from './packed-state.ts';
import { PageEntries } from './page-entries.ts';
import {
  BLOCK_BITS,
  BLOCKS,
  CODE,
  CODE_WORDS,
  countBits,
  FIRST_COUNT,
  HEADER_WORDS,
  NARROW,
  PAGE_BITS,
  revokedBits,
  secondWord,
  VERSION,
  WIDE,
} from './page-layout.ts';
import { growTo } from './shared-memory.ts';
import type { StatusIndexMemory } from './shared-memory.ts';
import { StatusPages } from './status-pages.ts';

const codeOf = ({ flags }: PackedState): number => {
  if (isRevoked(flags)) return CODE.revoked;
  return flags & SMARTPHONE ? CODE.goodOnSmartphone : CODE.goodOnCard;
};

/** The one writer of the pages. */
export class StatusPagesWriter extends StatusPages {
  readonly #buffers: StatusIndexMemory;
  readonly #entries: PageEntries;

  constructor(memory: StatusIndexMemory) {
    super(memory);
    this.#buffers = memory;
    this.#entries = new PageEntries(this.memory, memory.entries);
  }

  /** @throws StatusIndexError `capacity_exceeded` */
  reserve(pages: number): void {
    const { codes, headers } = this.#buffers;
    const grew = growTo(codes, pages * CODE_WORDS * 4);
    if (growTo(headers, pages * HEADER_WORDS * 4) || grew) this.memory.attach();
  }

  revokedOf(page: number): number {
    return this.memory.revokedOf(page);
  }

  /** A reader sees the state before or the state after, never half of each. The page is reserved. */
  write(ordinal: number, next: PackedState): void {
    const before = this.codeAt(ordinal);
    const code = codeOf(next);
    if (before !== CODE.revoked && code !== CODE.revoked) return this.#setCode(ordinal, code);
    const page = ordinal >>> PAGE_BITS;
    if (next.flags & INVALIDITY_DATE) this.#widen(page);
    if (before !== CODE.revoked) this.#insert(page, ordinal, next);
    else if (code === CODE.revoked) this.#replace(page, ordinal, next);
    else this.#remove(page, ordinal, code);
  }

  /** A page as an image holds it, in 32-bit words: words of an entry, codes, entries. */
  copy(page: number): Uint8Array {
    const width = this.#widthOf(page);
    const length = this.memory.revokedOf(page) * width;
    const words = new Int32Array(1 + CODE_WORDS + length);
    words[0] = width;
    words.set(this.memory.codes.subarray(page * CODE_WORDS, (page + 1) * CODE_WORDS), 1);
    this.#entries.copy(page, words.subarray(1 + CODE_WORDS));
    return new Uint8Array(words.buffer);
  }

  /** Octets that {@link copy} would give. */
  copyLength(page: number): number {
    return (1 + CODE_WORDS + this.memory.revokedOf(page) * this.#widthOf(page)) * 4;
  }

  /**
   * Takes a page of an image, before anyone reads. It is reserved.
   * @param read fills in the next octets of the image
   * @returns how many certificates of it were issued; undefined when these are no octets of a page
   */
  restore(page: number, read: (target: Uint8Array) => void): number | undefined {
    const head = new Int32Array(1 + CODE_WORDS);
    read(new Uint8Array(head.buffer));
    const width = head[0]!;
    if (width !== NARROW && width !== WIDE) return undefined;
    this.memory.codes.set(head.subarray(1), page * CODE_WORDS);
    const issued = this.#countAll(page);
    const words = new Int32Array(this.memory.revokedOf(page) * width);
    read(new Uint8Array(words.buffer));
    this.#entries.resize(page, 0, words.length);
    this.#entries.restore(page, words);
    this.memory.headers[page * HEADER_WORDS] = width === WIDE ? VERSION.wide : 0;
    return issued;
  }

  #insert(page: number, ordinal: number, next: PackedState): void {
    const width = this.#widthOf(page);
    const length = this.memory.revokedOf(page) * width;
    const at = this.rankOf(ordinal) * width;
    this.#entries.resize(page, length, length + width);
    this.#change(page, VERSION.beingWritten);
    this.#entries.open(page, at, width);
    this.#setEntry(page, at, next);
    this.#count(ordinal, 1);
    this.#setCode(ordinal, CODE.revoked);
    this.#change(page, VERSION.step - VERSION.beingWritten);
  }

  #replace(page: number, ordinal: number, next: PackedState): void {
    this.#change(page, VERSION.beingWritten);
    this.#setEntry(page, this.rankOf(ordinal) * this.#widthOf(page), next);
    this.#change(page, VERSION.step - VERSION.beingWritten);
  }

  #remove(page: number, ordinal: number, code: number): void {
    const width = this.#widthOf(page);
    const length = this.memory.revokedOf(page) * width;
    this.#change(page, VERSION.beingWritten);
    this.#entries.close(page, this.rankOf(ordinal) * width, width);
    this.#count(ordinal, -1);
    this.#setCode(ordinal, code);
    this.#change(page, VERSION.step - VERSION.beingWritten);
    this.#entries.resize(page, length, length - width);
  }

  /** Gives each entry of a page a third word, for an invalidity date: few authorities say one. */
  #widen(page: number): void {
    if (this.#widthOf(page) === WIDE) return;
    const count = this.memory.revokedOf(page);
    this.#entries.resize(page, count * NARROW, count * WIDE);
    this.#change(page, VERSION.beingWritten);
    for (let index = count - 1; index >= 0; index -= 1) {
      this.#entries.set(page, index * WIDE + 1, this.#entries.get(page, index * NARROW + 1));
      this.#entries.set(page, index * WIDE, this.#entries.get(page, index * NARROW));
    }
    this.#change(page, VERSION.step - VERSION.beingWritten + VERSION.wide);
  }

  #widthOf(page: number): number {
    return this.memory.headers[page * HEADER_WORDS]! & VERSION.wide ? WIDE : NARROW;
  }

  #setEntry(page: number, at: number, next: PackedState): void {
    this.#entries.set(page, at, next.revocationDate);
    this.#entries.set(page, at + 1, secondWord(next));
    if (this.#widthOf(page) === WIDE) this.#entries.set(page, at + 2, next.invalidityDate);
  }

  #setCode(ordinal: number, code: number): void {
    const { codes } = this.memory;
    const shift = (ordinal & 15) << 1;
    const word = ordinal >>> 4;
    codes[word] = (codes[word]! & ~(3 << shift)) | (code << shift);
  }

  #count(ordinal: number, change: number): void {
    const first = (ordinal >>> PAGE_BITS) * HEADER_WORDS * 2 + FIRST_COUNT;
    const { counts } = this.memory;
    for (let block = (ordinal >>> BLOCK_BITS) & (BLOCKS - 1); block < BLOCKS; block += 1) {
      counts[first + block]! += change;
    }
  }

  /** Counts the revoked ones of a page from its codes. @returns how many were issued */
  #countAll(page: number): number {
    const { codes, counts } = this.memory;
    let issued = 0;
    let revoked = 0;
    for (let word = 0; word < CODE_WORDS; word += 1) {
      const code = codes[page * CODE_WORDS + word]!;
      issued += countBits((code | (code >>> 1)) & 0x5555_5555);
      revoked += countBits(revokedBits(code));
      // The last word of a block leaves what the next block begins with.
      counts[page * HEADER_WORDS * 2 + FIRST_COUNT + (word >>> (BLOCK_BITS - 4))] = revoked;
    }
    return issued;
  }

  /** Steps the version; reading and writing it at once keeps the stores before it before, and those after it after. */
  #change(page: number, step: number): void {
    Atomics.add(this.memory.headers, page * HEADER_WORDS, step);
  }
}
