import {
  BLOCKS,
  CHUNK_WORDS,
  CHUNKS_IN_HEADER,
  FIRST_CHUNK,
  FIRST_COUNT,
  FURTHER_CHUNKS,
  HEADER_WORDS,
} from './page-layout.ts';
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

  chunkOf(page: number, chunk: number): number {
    if (chunk < CHUNKS_IN_HEADER) return this.headers[page * HEADER_WORDS + FIRST_CHUNK + chunk]!;
    return this.entries[this.#furtherPlace(page, chunk)]!;
  }

  /** Writer only. */
  setChunk(page: number, chunk: number, number: number): void {
    if (chunk < CHUNKS_IN_HEADER) this.headers[page * HEADER_WORDS + FIRST_CHUNK + chunk] = number;
    else this.entries[this.#furtherPlace(page, chunk)] = number;
  }

  /** Where a word of the entries of a page lies. */
  placeOf(page: number, at: number): number {
    return this.chunkOf(page, Math.trunc(at / CHUNK_WORDS)) * CHUNK_WORDS + (at % CHUNK_WORDS);
  }

  /** The same for readers. While the page is being written it may lead nowhere: to a word that is not there. */
  foundPlaceOf(page: number, at: number): number {
    const place = this.placeOf(page, at);
    if (place < this.entries.length) return place;
    this.attach();
    return this.placeOf(page, at);
  }

  #furtherPlace(page: number, chunk: number): number {
    return this.headers[page * HEADER_WORDS + FURTHER_CHUNKS]! * CHUNK_WORDS + chunk - CHUNKS_IN_HEADER;
  }
}
