import { createHash } from 'node:crypto';
import { serialSchemeSchema } from '@kakunin/certificates';
import { z } from 'zod';
import type { PagesImage } from './pages-image.ts';
import { StatusIndexError } from './status-index-error.ts';

const MAGIC = 'kakunin-status-index/2\n';
const DIGEST_OCTETS = 32;
/** Room for the labels of 65,535 partitions. */
const HEADER_LIMIT = 4 * 1024 * 1024;

const headerSchema = z.object({
  scheme: serialSchemeSchema,
  /** Ordinals: one more than the largest that was put. */
  rows: z.int().nonnegative(),
  fingerprints: z.boolean(),
  /** Labels by number, from 1 on; absent: certificates have no partitions. */
  partitions: z.array(z.string()).optional(),
});
export type StatusImageHeader = z.infer<typeof headerSchema>;

interface StatusImageInput {
  readonly header: StatusImageHeader;
  /** Octets of serial numbers and pages together. */
  readonly bodyLength: number;
  readonly serials: Iterable<Uint8Array>;
  readonly pages: PagesImage;
}

/**
 * An index as octets: magic line, header (JSON, one line), serial numbers, pages, SHA-256 over all that came before.
 * Words are little-endian, as the memory of every machine that Node runs on. Read once; whoever stops before the end
 * releases it, because until then the index keeps for it what changes.
 */
export class StatusImage implements Iterable<Uint8Array> {
  /** Length of the whole image in octets. */
  readonly byteLength: number;
  readonly #head: Buffer;
  readonly #serials: Iterable<Uint8Array>;
  readonly #pages: PagesImage;

  constructor(input: StatusImageInput) {
    this.#head = Buffer.from(`${MAGIC}${JSON.stringify(input.header)}\n`);
    this.#serials = input.serials;
    this.#pages = input.pages;
    this.byteLength = this.#head.length + input.bodyLength + DIGEST_OCTETS;
  }

  release(): void {
    this.#pages.release();
  }

  *[Symbol.iterator](): Generator<Uint8Array> {
    const hash = createHash('sha256');
    for (const part of [[this.#head], this.#serials, this.#pages]) {
      for (const chunk of part) {
        hash.update(chunk);
        yield chunk;
      }
    }
    yield hash.digest();
  }
}

/** Reads an image from chunks. @throws StatusIndexError `corrupt_image` from every method */
export class StatusImageSource {
  readonly #chunks: Iterator<Uint8Array>;
  readonly #hash = createHash('sha256');
  #rest: Uint8Array = new Uint8Array();

  constructor(chunks: Iterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.iterator]();
  }

  readHeader(): StatusImageHeader {
    if (this.#readLine() !== MAGIC) throw corrupt('it does not begin as one of this version');
    try {
      return headerSchema.parse(JSON.parse(this.#readLine()));
    } catch (cause) {
      throw corrupt('its header is damaged', cause);
    }
  }

  readInto(target: Uint8Array): void {
    this.#fill(target);
    this.#hash.update(target);
  }

  /** Compares the digest at the end, after which nothing may come. */
  verify(): void {
    const digest = Buffer.alloc(DIGEST_OCTETS);
    this.#fill(digest);
    if (!this.#hash.digest().equals(digest)) throw corrupt('its SHA-256 does not match');
    if (this.#more()) throw corrupt('it goes on after its end');
  }

  #readLine(): string {
    const octets: number[] = [];
    const octet = new Uint8Array(1);
    while (octets.length < HEADER_LIMIT && octets.at(-1) !== 0x0a) {
      this.readInto(octet);
      octets.push(octet[0]!);
    }
    return Buffer.from(octets).toString();
  }

  #fill(target: Uint8Array): void {
    let filled = 0;
    while (filled < target.length) {
      if (!this.#more()) throw corrupt('it is cut short');
      const piece = this.#rest.subarray(0, target.length - filled);
      target.set(piece, filled);
      filled += piece.length;
      this.#rest = this.#rest.subarray(piece.length);
    }
  }

  #more(): boolean {
    while (this.#rest.length === 0) {
      const next = this.#chunks.next();
      if (next.done) return false;
      this.#rest = next.value;
    }
    return true;
  }
}

export const corrupt = (why: string, cause?: unknown): StatusIndexError =>
  new StatusIndexError('corrupt_image', `The image of a status index cannot be used: ${why}.`, { cause });
