import {
  bitString,
  constructed,
  contextConstructed,
  encodeDer,
  headerSize,
  integer,
  TAG,
  time,
  writeHeader,
} from '@kakunin/der';
import {
  authorityKeyIdentifier,
  encodeExtensions,
  type Extension,
  EXTENSION,
  signatureAlgorithmIdentifier,
  type SigningKey,
} from '@kakunin/x509';
import { CrlError } from './crl-error.ts';
import { batchSize, BatchWriter } from './encode-batch.ts';
import { entrySize, MAX_ENTRY_SIZE, writeEntry } from './encode-entry.ts';
import { batchesOf, type EntryBatch } from './entry-batch.ts';
import type { ListedCertificate } from './revoked-certificate.ts';

/** What a CRL says (RFC 5280, 5.1.2): a complete one, or with {@link deltaCrlIndicator} a delta. */
export interface TbsCertList {
  /** DER of the authority's subject name. */
  readonly issuer: Uint8Array;
  /** Epoch ms; whole seconds are written. */
  readonly thisUpdate: number;
  readonly nextUpdate: number;
  readonly crlNumber: bigint;
  /** The authority's subjectKeyIdentifier. */
  readonly authorityKeyIdentifier: Uint8Array;
  /**
   * Written in this order; in batches where they are {@link BatchedEntries}. Iterated up to four times, and must give the same each time. One object may come again and
   * again, filled in anew: none is kept.
   */
  readonly entries: Iterable<ListedCertificate>;
  /** Beside crlNumber and authorityKeyIdentifier. */
  readonly extensions?: readonly Extension[];
}

/** Octets of a piece: large enough to hash and write well, small enough to forget. */
const CHUNK_SIZE = 256 * 1024;
/** Entries of up to so many octets, as most partitions have, are written once and kept: to pass over them again takes longer than all else. */
const KEPT_SIZE = 2 * 1024 * 1024;

/**
 * Signs a CRL and gives its DER (RFC 5280, 5.1) in pieces, in memory that does not grow with it. The entries of a large one are
 * passed over three times: to add up their sizes, which DER wants first, to sign them, and to give them away.
 * @throws CrlError `entries_changed` when a pass gives other entries
 * @throws X509Error `signer_failed`
 */
export async function* encodeCrl(list: TbsCertList, key: SigningKey): AsyncGenerator<Uint8Array> {
  const algorithm = signatureAlgorithmIdentifier[key.algorithm];
  const tbs = layOut(list, algorithm);
  // Of all algorithms only Ed25519 keeps the pieces.
  const signed = tbsChunks(tbs, { isKept: key.algorithm === 'ed25519' });
  const signature = encodeDer(bitString(await key.signChunks(signed)));
  const contentSize = tbs.size + algorithm.length + signature.length;
  yield header(TAG.sequence, contentSize);
  yield* tbsChunks(tbs, { isKept: true });
  yield algorithm;
  yield signature;
}

interface TbsLayout {
  /** Everything in front of the first entry, and behind the last. */
  readonly head: Uint8Array;
  readonly tail: Uint8Array;
  /** Their octets, in pieces; made anew each time unless they are kept. */
  readonly entries: (use: ChunkUse) => Iterable<Uint8Array>;
  readonly entriesSize: number;
  /** Octets of the whole TBSCertList. */
  readonly size: number;
}

function layOut(list: TbsCertList, algorithm: Uint8Array): TbsLayout {
  const { entriesSize, entries } = layOutEntries(list.entries);
  // RFC 5280, 5.1.2.6: without entries the list must be absent.
  const entriesHeader = entriesSize > 0 ? header(TAG.sequence, entriesSize) : new Uint8Array();
  const fields = [integer(1), algorithm, list.issuer, time(list.thisUpdate), time(list.nextUpdate)].map(encodeDer);
  const tail = encodeDer(constructed(contextConstructed(0), [encodeExtensions(crlExtensions(list))]));
  const content = Buffer.concat([...fields, entriesHeader]);
  const contentSize = content.length + entriesSize + tail.length;
  const head = Buffer.concat([header(TAG.sequence, contentSize), content]);
  return { head, tail, entries, entriesSize, size: headerSize(contentSize) + contentSize };
}

function layOutEntries(entries: Iterable<ListedCertificate>): Pick<TbsLayout, 'entries' | 'entriesSize'> {
  const kept: Uint8Array[] = [];
  let size = 0;
  for (const chunk of entryPieces(entries, { isKept: true })) {
    kept.push(chunk);
    size += chunk.length;
    if (size > KEPT_SIZE) return { entriesSize: sizeOf(entries), entries: (use) => entryPieces(entries, use) };
  }
  return { entriesSize: size, entries: () => kept };
}

function sizeOf(entries: Iterable<ListedCertificate>): number {
  const batches = batchesOf(entries);
  let size = 0;
  if (batches) for (const batch of batches) size += batchSize(batch);
  else for (const entry of entries) size += entrySize(entry);
  return size;
}

interface ChunkUse {
  /** Whether a piece must stay as it is when the next is asked for: a new buffer for each makes a fifth of the work. */
  readonly isKept: boolean;
}

function* tbsChunks({ head, tail, entries, entriesSize }: TbsLayout, use: ChunkUse): Generator<Uint8Array> {
  yield head;
  let written = 0;
  for (const chunk of entries(use)) {
    written += chunk.length;
    yield chunk;
  }
  if (written !== entriesSize) throw new CrlError('entries_changed', 'The entries changed while the CRL was written.');
  yield tail;
}

function entryPieces(entries: Iterable<ListedCertificate>, use: ChunkUse): Iterable<Uint8Array> {
  const batches = batchesOf(entries);
  return batches ? batchChunks(batches, use) : entryChunks(entries);
}

function* batchChunks(batches: Iterable<EntryBatch>, { isKept }: ChunkUse): Generator<Uint8Array> {
  let chunk = Buffer.allocUnsafeSlow(CHUNK_SIZE);
  let writer = new BatchWriter(chunk);
  for (const batch of batches) {
    for (let next = writer.write(batch, 0); next < batch.count; next = writer.write(batch, next)) {
      yield chunk.subarray(0, writer.end);
      if (isKept) chunk = Buffer.allocUnsafeSlow(CHUNK_SIZE);
      writer = new BatchWriter(chunk);
    }
  }
  yield chunk.subarray(0, writer.end);
}

function* entryChunks(entries: Iterable<ListedCertificate>): Generator<Uint8Array> {
  let chunk = Buffer.allocUnsafe(CHUNK_SIZE);
  let filled = 0;
  for (const entry of entries) {
    if (filled + MAX_ENTRY_SIZE > CHUNK_SIZE) {
      yield chunk.subarray(0, filled);
      chunk = Buffer.allocUnsafe(CHUNK_SIZE);
      filled = 0;
    }
    filled = writeEntry(chunk, filled, entry);
  }
  yield chunk.subarray(0, filled);
}

const crlExtensions = (list: TbsCertList): readonly Extension[] => [
  authorityKeyIdentifier(list.authorityKeyIdentifier),
  { id: EXTENSION.crlNumber, critical: false, value: encodeDer(integer(list.crlNumber)) },
  ...(list.extensions ?? []),
];

function header(tag: number, contentSize: number): Uint8Array {
  const octets = new Uint8Array(headerSize(contentSize));
  writeHeader(octets, 0, { tag, contentSize });
  return octets;
}
