import { createHash } from 'node:crypto';
import { pipeline, Readable } from 'node:stream';
import * as zlib from 'node:zlib';
import { DCZ_HEADER_OCTETS, decodeDczHeader } from '@kakunin/publication';
import { Failure } from './failure.ts';
import type { StoredCrl } from './types.ts';

export interface PatchInput {
  /** A `dcz` file (RFC 9842). */
  readonly patch: AsyncIterable<Uint8Array>;
  /** Of the patch, lower-case hex. */
  readonly sha256: string;
  /** The version that the patch starts from. It is held in memory. */
  readonly dictionary: StoredCrl;
  /** No more than these come out. */
  readonly bytes: number;
}

/**
 * The octets that a patch makes. Node 24 and later; elsewhere the whole has to be downloaded.
 * @throws Failure `damaged`
 */
export async function* applyPatch({ patch, sha256, dictionary, bytes }: PatchInput): AsyncGenerator<Uint8Array> {
  const octets = await collect(patch);
  const old = await collect(dictionary.read());
  const expected = decodeDczHeader(octets);
  const hash = createHash('sha256').update(octets).digest('hex');
  if (hash !== sha256 || !expected || !createHash('sha256').update(old).digest().equals(expected)) {
    throw damaged();
  }
  let made = 0;
  try {
    const decoder = zlib.createZstdDecompress({ dictionary: old });
    const frame = Readable.from([octets.subarray(DCZ_HEADER_OCTETS)]);
    for await (const piece of pipeline(frame, decoder, () => undefined)) {
      made += piece.length;
      if (made > bytes) throw damaged();
      yield piece;
    }
  } catch (cause) {
    throw cause instanceof Failure ? cause : damaged(cause);
  }
}

const damaged = (cause?: unknown): Failure =>
  new Failure('damaged', 'The patch does not make what the manifest says.', { cause });

async function collect(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const collected: Uint8Array[] = [];
  for await (const piece of pieces) collected.push(piece);
  return Buffer.concat(collected);
}
