import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { StatusIndex } from '@kakunin/status-index';
import type { IssuedCertificate } from '@kakunin/status-index';
import type { SerialScheme } from '@kakunin/certificates';
import { mix } from './serial-writer.ts';
import type { SerialWriter } from './serial-writer.ts';

const DAY = 86_400_000;
const NOT_AFTER = Date.UTC(2031, 0, 1);
export const GOOD: IssuedCertificate = { notAfter: NOT_AFTER, carrier: 'card', status: { status: 'good' } };

export const revokedAt = (revocationDate: number): IssuedCertificate => ({
  notAfter: NOT_AFTER,
  carrier: 'card',
  status: { status: 'revoked', reason: 'superseded', revocationDate },
});
/** A year of days, so that filling makes no objects. */
const REVOKED = Array.from({ length: 365 }, (_, day) => revokedAt(Date.UTC(2026, 0, 1) + day * DAY));

/** One in ten, scattered. */
export const isRevoked = (ordinal: number): boolean => mix(ordinal) % 10 === 0;

export interface Filled {
  readonly index: StatusIndex;
  /** What the process took for it, octets: {@link residentOctets}. */
  readonly octets: number;
  /** CPU microseconds of each `put`. */
  readonly put: number;
}

/** An index with so many certificates, one in ten revoked. */
export function fill(scheme: SerialScheme, serialOf: SerialWriter, count: number): Filled {
  const before = residentOctets();
  const began = process.threadCpuUsage();
  const index = StatusIndex.create(scheme);
  for (let ordinal = 0; ordinal < count; ordinal += 1) {
    index.put(serialOf(ordinal), isRevoked(ordinal) ? REVOKED[ordinal % REVOKED.length]! : GOOD);
  }
  const { user, system } = process.threadCpuUsage(began);
  return { index, octets: residentOctets() - before, put: (user + system) / count };
}

/** Memory of the process that is no file's (its program is one) and not of the heap of JavaScript. */
export function residentOctets(): number {
  const anonymous = /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1];
  return Number(anonymous) * 1024 - process.memoryUsage().heapTotal;
}

/** How the serial numbers of an index stand in its image, before the states. */
type SerialsSection = Iterable<Uint8Array>;

/** So many ordinals are sealed under one key version: one octet each. */
const ORDINALS_A_KEY = 4096;
export const sealedSection = (rows: number, keyVersion: number): SerialsSection => [
  new Uint8Array(Math.ceil(rows / ORDINALS_A_KEY)).fill(keyVersion),
];

/** A word that says that there is one part, then four words each; words have their least significant octet first. */
export function* randomSection(rows: number, serialOf: SerialWriter): SerialsSection {
  yield Uint8Array.of(1, 0, 0, 0);
  const piece = Buffer.alloc(4096 * 16);
  for (let start = 0; start < rows; start += 4096) {
    const count = Math.min(4096, rows - start);
    for (let at = 0; at < count; at += 1) piece.set(serialOf(start + at), at * 16);
    yield piece.subarray(0, count * 16).swap32();
  }
}

const DIGEST_OCTETS = 32;

/**
 * The image of a sequential index as that of one with another scheme and the same states: to put hundreds of millions of such
 * serial numbers one by one would take minutes, and what is measured is the index.
 */
export function* relabelled(
  image: Iterable<Uint8Array>,
  scheme: SerialScheme,
  serials: SerialsSection,
): Generator<Uint8Array> {
  const hash = createHash('sha256');
  const hashed = (chunk: Uint8Array): Uint8Array => {
    hash.update(chunk);
    return chunk;
  };
  const chunks = image[Symbol.iterator]();
  const head = Buffer.from((chunks.next().value as Uint8Array | undefined) ?? []).toString();
  yield hashed(Buffer.from(head.replace(/\{"kind":"sequential"[^}]*\}/, JSON.stringify(scheme))));
  for (const chunk of serials) yield hashed(chunk);
  let held: Uint8Array | undefined;
  for (let next = chunks.next(); !next.done; next = chunks.next()) {
    if (held) yield hashed(held);
    held = next.value;
  }
  // The last chunk was the digest of the image as it came.
  if (held?.length !== DIGEST_OCTETS) throw new Error('an image does not end with its digest');
  yield hash.digest();
}
