import { BLOCKS, FIRST_COUNT, HEADER_WORDS } from './page-layout.ts';
import type { StatusIndexMemory } from './shared-memory.ts';

type PageBuffers = Pick<StatusIndexMemory, 'codes' | 'headers' | 'entries'>;

/** Views of one thread on the pages. They are as long as the buffers were when they were made: see {@link attach}. */
export class PageMemory {
  codes!: Int32Array;
  headers!: Uint32Array;
  /** The headers, as 16-bit words. */
  counts!: Uint16Array;
  entries!: Uint32Array;
  readonly #buffers: PageBuffers;

  constructor(buffers: PageBuffers) {
    this.#buffers = buffers;
    this.attach();
  }

  /** Makes the views as long as the buffers are now. Writers grow a buffer before they point to what is new in it. */
  attach(): void {
    const { codes, headers, entries } = this.#buffers;
    this.codes = new Int32Array(codes, 0, codes.byteLength >>> 2);
    this.headers = new Uint32Array(headers, 0, headers.byteLength >>> 2);
    this.counts = new Uint16Array(headers, 0, headers.byteLength >>> 1);
    this.entries = new Uint32Array(entries, 0, entries.byteLength / 4);
  }

  get codesGrew(): boolean {
    return this.#buffers.codes.byteLength > this.codes.byteLength;
  }

  /** Revoked certificates of a page before a block; before block {@link BLOCKS}: all of them. */
  revokedBefore(page: number, block: number): number {
    return block === 0 ? 0 : this.counts[page * HEADER_WORDS * 2 + FIRST_COUNT + block - 1]!;
  }

  revokedOf(page: number): number {
    return this.revokedBefore(page, BLOCKS);
  }
}
