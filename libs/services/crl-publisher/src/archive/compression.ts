import { pipeline, Readable } from 'node:stream';
import { constants, createZstdCompress, createZstdDecompress, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { EvidenceError } from '@kakunin/evidence';
import type { StoredObject } from '@kakunin/objects';
import { readAll } from '../read-all.ts';

/** Up to here a frame is made and read at once: a stream for it costs more than the rest. Octets. */
const SMALL = 256 * 1024;
/** A window of a mebibyte: so much must a reader hold of each record that it reads at once. */
const OPTIONS = { params: { [constants.ZSTD_c_windowLog]: 20, [constants.ZSTD_c_checksumFlag]: 1 } };

/** One zstd frame (RFC 8878) with a checksum. */
export async function* compressed(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const first: Uint8Array[] = [];
  let size = 0;
  const all = pieces[Symbol.asyncIterator]();
  for (let next = await all.next(); ; next = await all.next()) {
    if (next.done) {
      yield zstdCompressSync(Buffer.concat(first), OPTIONS);
      return;
    }
    first.push(next.value);
    size += next.value.length;
    if (size > SMALL) break;
  }
  const whole = Readable.from(chain(first, all), { objectMode: false });
  // Errors reach whoever reads it.
  yield* pipeline(whole, createZstdCompress(OPTIONS), () => undefined);
}

async function* chain(first: readonly Uint8Array[], rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* first;
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
}

/** @throws EvidenceError `malformed_record` while it is read, when the octets are no such frame */
export async function* decompressed(stored: StoredObject): AsyncGenerator<Uint8Array> {
  try {
    if (stored.bytes <= SMALL) yield zstdDecompressSync(await readAll(stored));
    else yield* pipeline(Readable.from(stored.read()), createZstdDecompress(), () => undefined);
  } catch (error) {
    const { code } = error as { code?: string };
    if (!code?.startsWith('ZSTD_') && code !== 'Z_BUF_ERROR') throw error;
    throw new EvidenceError('malformed_record', 'An archived record is damaged.', { cause: error });
  }
}
