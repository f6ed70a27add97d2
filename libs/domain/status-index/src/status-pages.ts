import { INVALIDITY_DATE, ISSUED, SMARTPHONE } from './packed-state.ts';
import type { PackedState } from './packed-state.ts';
import {
  BLOCK_BITS,
  BLOCKS,
  CODE,
  countBits,
  flagsOf,
  HEADER_WORDS,
  NARROW,
  notAfterOf,
  PAGE_BITS,
  revokedBits,
  VERSION,
  WIDE,
} from './page-layout.ts';
import { PageMemory } from './page-memory.ts';
import type { RevokedPage } from './revoked-page.ts';
import { fence } from './shared-memory.ts';
import type { StatusIndexMemory } from './shared-memory.ts';

/** Flags of the codes that say all. */
const FLAGS = [0, ISSUED, ISSUED | SMARTPHONE];

/** State by ordinal, for any thread beside the one that writes. */
export class StatusPages {
  protected readonly memory: PageMemory;

  constructor(memory: StatusIndexMemory) {
    this.memory = new PageMemory(memory);
  }

  /** Of {@link CODE}. */
  codeAt(ordinal: number): number {
    const { memory } = this;
    const word = ordinal >>> 4;
    if (word >= memory.codes.length) {
      if (!memory.codesGrew) return CODE.notIssued;
      memory.attach();
      if (word >= memory.codes.length) return CODE.notIssued;
    }
    return (memory.codes[word]! >>> ((ordinal & 15) << 1)) & 3;
  }

  read(ordinal: number, target: PackedState): void {
    const code = this.codeAt(ordinal);
    if (code === CODE.revoked) this.#readRevoked(ordinal, target);
    else setCode(target, code);
  }

  /** Under the seqlock of the page: again when the writer was here meanwhile. */
  #readRevoked(ordinal: number, target: PackedState): void {
    const { memory } = this;
    const page = ordinal >>> PAGE_BITS;
    const base = page * HEADER_WORDS;
    for (;;) {
      if (base >= memory.headers.length) memory.attach();
      const version = Atomics.load(memory.headers, base);
      const code = this.codeAt(ordinal);
      if (code !== CODE.revoked) return setCode(target, code);
      if (version & VERSION.beingWritten) continue;
      const at = this.rankOf(ordinal) * (version & VERSION.wide ? WIDE : NARROW);
      const second = this.#entryWord(page, at + 1);
      target.flags = flagsOf(second);
      target.revocationDate = this.#entryWord(page, at);
      target.invalidityDate = target.flags & INVALIDITY_DATE ? this.#entryWord(page, at + 2) : 0;
      target.notAfter = notAfterOf(second);
      fence();
      if (Atomics.load(memory.headers, base) === version) return;
    }
  }

  /** All that is revoked of a page, at one moment. */
  readPage(page: number, target: RevokedPage): void {
    const { memory } = this;
    const base = page * HEADER_WORDS;
    for (;;) {
      if (base >= memory.headers.length) memory.attach();
      if (base >= memory.headers.length) return target.clear();
      const version = Atomics.load(memory.headers, base);
      if (version & VERSION.beingWritten) continue;
      target.read(memory, page, version & VERSION.wide ? WIDE : NARROW);
      fence();
      if (Atomics.load(memory.headers, base) === version) return;
    }
  }

  /** How many certificates of its page are revoked before this one. */
  protected rankOf(ordinal: number): number {
    const { codes } = this.memory;
    const last = ordinal >>> 4;
    let rank = this.memory.revokedBefore(ordinal >>> PAGE_BITS, (ordinal >>> BLOCK_BITS) & (BLOCKS - 1));
    for (let word = (ordinal >>> BLOCK_BITS) << (BLOCK_BITS - 4); word < last; word += 1) {
      rank += countBits(revokedBits(codes[word]!));
    }
    return rank + countBits(revokedBits(codes[last]!) & ((1 << ((ordinal & 15) << 1)) - 1));
  }

  #entryWord(page: number, at: number): number {
    const place = this.memory.foundPlaceOf(page, at);
    return this.memory.entries[place]!;
  }
}

function setCode(target: PackedState, code: number): void {
  target.flags = FLAGS[code]!;
  target.revocationDate = 0;
  target.invalidityDate = 0;
  target.notAfter = 0;
}
