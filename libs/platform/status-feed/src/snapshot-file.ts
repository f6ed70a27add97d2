import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { authoritySchema } from '@kakunin/certificates';
import { StatusIndex } from '@kakunin/status-index';
import type { StatusImage } from '@kakunin/status-index';
import { z } from 'zod';
import type { StatusSnapshot } from './status-snapshot.ts';

/*
 * A snapshot file: a line with magic and version, a line with the SHA-256 of the header and the header (JSON), then the
 * images of the indexes in the header's order, each with its own SHA-256. It is written once and never changed.
 */
const MAGIC = 'kakunin-status-snapshot/1';
const CHUNK_OCTETS = 1024 * 1024;
const LONGEST_LINE = 64 * 1024 * 1024;

const digits = z.string().regex(/^\d+$/).transform(BigInt);
const headerSchema = z.object({
  lastEvents: z.array(z.object({ partition: z.int(), offset: digits, digest: z.string() })),
  asOf: z.array(z.tuple([z.int(), z.int()])),
  blocked: z.array(z.object({ authorityId: z.string(), partition: z.int(), offset: digits, reason: z.string() })),
  authorities: z.array(
    z.object({
      authority: authoritySchema,
      partition: z.int(),
      applied: z.record(z.string(), z.string().regex(/^\d+$/)),
      imageLength: z.int().nonnegative(),
    }),
  ),
});

/** A snapshot file that cannot be used; `cause` says more. */
export class SnapshotFileError extends Error {
  readonly code = 'snapshot_unusable';

  constructor(path: string, why: string, options?: ErrorOptions) {
    super(`The snapshot ${path} cannot be used: ${why}.`, options);
    this.name = 'SnapshotFileError';
  }
}

/** A file's content as of one moment; the feed may go on while it is written out. */
export interface EncodedSnapshot {
  readonly header: Uint8Array;
  readonly images: readonly StatusImage[];
}

export function encodeSnapshot({ authorities, ...feed }: StatusSnapshot): EncodedSnapshot {
  const images = authorities.map(({ index }) => index.encode());
  const header = {
    ...feed,
    authorities: authorities.map(({ authority, partition, applied }, at) => {
      return { authority, partition, applied, imageLength: images[at]!.byteLength };
    }),
  };
  const json = JSON.stringify(header, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value));
  return { header: Buffer.from(`${MAGIC}\n${sha256(json)} ${json}\n`), images };
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Writes a new file and makes it durable. */
export async function writeSnapshotFile(path: string, { header, images }: EncodedSnapshot): Promise<void> {
  try {
    const file = await open(path, 'w', 0o600);
    try {
      for (const part of [[header], ...images]) for (const chunk of part) await file.writeFile(chunk);
      await file.sync();
    } finally {
      await file.close();
    }
  } finally {
    for (const image of images) image.release();
  }
}

/** Reads and verifies a whole file. @throws SnapshotFileError | an error of node:fs */
export function readSnapshotFile(path: string): StatusSnapshot {
  const descriptor = openSync(path, 'r');
  try {
    const reader = new FileReader(descriptor);
    if (reader.line() !== MAGIC) throw new Error('it does not begin as a snapshot of this version');
    const [digest, json] = splitOnce(reader.line());
    if (digest !== sha256(json)) throw new Error('the SHA-256 of its header does not match');
    const { authorities, ...feed } = headerSchema.parse(JSON.parse(json));
    const read = authorities.map(({ imageLength, ...rest }) => {
      return { ...rest, index: StatusIndex.decode(reader.chunks(imageLength)) };
    });
    if (!reader.atEnd()) throw new Error('it goes on after its end');
    return { ...feed, authorities: read };
  } catch (error) {
    throw new SnapshotFileError(path, (error as Error).message, { cause: error });
  } finally {
    closeSync(descriptor);
  }
}

function splitOnce(line: string): [string, string] {
  const at = line.indexOf(' ');
  return [line.slice(0, Math.max(at, 0)), line.slice(at + 1)];
}

class FileReader {
  #rest: Buffer = Buffer.alloc(0);

  constructor(private readonly descriptor: number) {}

  line(): string {
    for (let from = 0; ; from = this.#rest.length, this.#more()) {
      const end = this.#rest.indexOf(0x0a, from);
      if (end >= 0) return this.#take(end + 1).toString('utf8', 0, end);
      if (this.#rest.length > LONGEST_LINE) throw new Error('a line does not end');
    }
  }

  *chunks(length: number): Generator<Uint8Array> {
    for (let left = length; left > 0;) {
      if (this.#rest.length === 0) this.#more();
      const chunk = this.#take(Math.min(left, this.#rest.length));
      left -= chunk.length;
      yield chunk;
    }
  }

  atEnd(): boolean {
    return this.#rest.length === 0 && this.#read().length === 0;
  }

  #take(length: number): Buffer {
    const taken = this.#rest.subarray(0, length);
    this.#rest = this.#rest.subarray(length);
    return taken;
  }

  #more(): void {
    const chunk = this.#read();
    if (chunk.length === 0) throw new Error('it is cut short');
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
  }

  #read(): Buffer {
    const chunk = Buffer.allocUnsafe(CHUNK_OCTETS);
    return chunk.subarray(0, readSync(this.descriptor, chunk));
  }
}
