import { createHash } from 'node:crypto';
import { pipeline, Readable } from 'node:stream';
import { constants, createZstdCompress, createZstdDecompress } from 'node:zlib';
import { ObjectError, type ObjectStore, type StagedObject, type StoredObject } from '@kakunin/objects';
import { DCZ_HEADER_OCTETS, encodeDczHeader } from '@kakunin/publication';
import { readAll } from '../read-all.ts';

/** A version of a CRL, and what it must be. */
export interface PatchedVersion {
  readonly content: StoredObject;
  /** Lower-case hex. */
  readonly sha256: string;
}

export interface PatchInput {
  readonly store: ObjectStore;
  readonly from: PatchedVersion;
  readonly to: PatchedVersion;
  /** Where the patch is laid. */
  readonly key: string;
}

export interface MadePatch {
  readonly bytes: number;
  readonly sha256: string;
}

/**
 * Lays down a patch that makes `to` of `from`, once it has been shown to. In memory: `from` twice, one window of `to`, and
 * tables of two to four times `from`.
 * @returns undefined when `from` is not what it was, or the patch would spare nothing
 * @throws ObjectError; Error when the patch does not make `to`
 */
export async function makePatch({ store, from, to, key }: PatchInput): Promise<MadePatch | undefined> {
  const dictionary = await readAll(from.content);
  if (hashOf(dictionary) !== from.sha256) return undefined;
  const staged = await store.stage(encode(dictionary, to.content));
  try {
    if ((await rebuild(staged, dictionary)) !== to.sha256) throw new Error('A patch does not make what it should.');
    if (staged.bytes >= to.content.bytes) return undefined;
    return await publish(store, staged, key);
  } finally {
    await staged.discard();
  }
}

const hashOf = (octets: Uint8Array): string => createHash('sha256').update(octets).digest('hex');

async function* encode(dictionary: Buffer, to: StoredObject): AsyncGenerator<Uint8Array> {
  yield encodeDczHeader(createHash('sha256').update(dictionary).digest());
  const encoder = createZstdCompress({
    dictionary,
    pledgedSrcSize: to.bytes,
    params: parametersFor(dictionary.length, to.bytes),
  });
  yield* pipeline(Readable.from(to.read()), encoder, () => undefined);
}

/**
 * Level 6, for levels below 5 look at no more than the last 16 MiB of a dictionary. A hash table with a place for every
 * fourth octet of it: with half of that a patch of a CRL of 49 MB grows from 67 kB to 580 kB. The window is the whole CRL, so
 * that the dictionary stays in reach to the end.
 */
function parametersFor(dictionary: number, bytes: number): Record<number, number> {
  return {
    [constants.ZSTD_c_compressionLevel]: 6,
    [constants.ZSTD_c_windowLog]: Math.max(SMALLEST_WINDOW_LOG, bitsOf(bytes)),
    [constants.ZSTD_c_hashLog]: Math.max(16, bitsOf(dictionary) - 2),
    [constants.ZSTD_c_checksumFlag]: 1,
  };
}

/** zstd knows no smaller one: 1 KiB. */
const SMALLEST_WINDOW_LOG = 10;

const bitsOf = (size: number): number => Math.ceil(Math.log2(size));

/** @returns SHA-256 of what the patch makes */
async function rebuild(staged: StagedObject, dictionary: Buffer): Promise<string> {
  const hash = createHash('sha256');
  const frame = Readable.from(staged.read({ start: DCZ_HEADER_OCTETS }));
  for await (const octets of pipeline(frame, createZstdDecompress({ dictionary }), () => undefined))
    hash.update(octets);
  return hash.digest('hex');
}

/** Another publisher may have made the same one; by its own zlib, so its octets may differ. */
async function publish(store: ObjectStore, staged: StagedObject, key: string): Promise<MadePatch> {
  try {
    await staged.publish(key);
    return { bytes: staged.bytes, sha256: staged.sha256 };
  } catch (error) {
    const present = error instanceof ObjectError && error.code === 'object_exists' ? await store.open(key) : undefined;
    if (!present) throw error;
    return { bytes: present.bytes, sha256: hashOf(await readAll(present)) };
  }
}
