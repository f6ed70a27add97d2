import { parseEventId } from './event-id.ts';
import { HASH_OCTETS, leafHash } from './tree-hash.ts';

/** What the payer is given with each metered answer. */
export interface UsageReceipt {
  /** See `formatEventId`. */
  readonly eventId: string;
  /** Hash of the leaf (RFC 6962) in base64. */
  readonly recordHash: string;
}

/** Hash of a leaf as receipts say it. */
export const recordHashOf = (leaf: Uint8Array): string => leafHash(leaf).toString('base64');

/** Receipts of one segment: the hash of event n at 32 × n, where there is one; zeros where there is none. */
interface SegmentReceipts {
  hashes: Buffer;
  /** How many are not crossed off. */
  open: number;
}

/** No leaf hashes to this: it stands for a receipt that contradicts itself or another. */
const CONTRADICTION = Buffer.alloc(HASH_OCTETS, 0xff);
const NONE = Buffer.alloc(HASH_OCTETS);
/** A number that no journal comes near: what is above is kept in another way, so that it costs no memory. */
const DENSE = 1 << 20;

/** Crosses receipts off as their leaves are met. A receipt takes about 40 octets of memory. */
export class ReceiptCheck {
  readonly #segments = new Map<string, SegmentReceipts>();
  /** What names no event that a journal could have recorded. */
  readonly #odd = new Set<string>();

  add({ eventId, recordHash }: UsageReceipt): void {
    const { segment, index } = placeOf(eventId);
    if (index >= DENSE) {
      this.#odd.add(eventId);
      return;
    }
    const receipts = this.#segments.get(segment) ?? { hashes: Buffer.alloc(0), open: 0 };
    this.#segments.set(segment, receipts);
    const at = index * HASH_OCTETS;
    if (receipts.hashes.length <= at) receipts.hashes = grown(receipts.hashes, at + HASH_OCTETS);
    const there = receipts.hashes.subarray(at, at + HASH_OCTETS);
    const hash = Buffer.from(recordHash, 'base64');
    if (there.equals(NONE)) {
      receipts.open += 1;
      there.set(hash.length === HASH_OCTETS ? hash : CONTRADICTION);
    } else if (!there.equals(hash)) {
      there.set(CONTRADICTION);
    }
  }

  /** Whether there is a receipt for the leaf, and it says the same. */
  take(eventId: string, leaf: Uint8Array): 'same' | 'differs' | 'none' {
    const { segment, index } = placeOf(eventId);
    const receipts = this.#segments.get(segment);
    const there = receipts?.hashes.subarray(index * HASH_OCTETS, (index + 1) * HASH_OCTETS);
    if (!receipts || !there || there.length === 0 || there.equals(NONE)) return 'none';
    const same = there.equals(leafHash(leaf));
    there.fill(0);
    receipts.open -= 1;
    if (receipts.open === 0) this.#segments.delete(segment);
    return same ? 'same' : 'differs';
  }

  /** The events that no leaf was met of. */
  *left(): Iterable<string> {
    yield* this.#odd;
    for (const [segment, { hashes }] of this.#segments)
      for (let at = 0; at < hashes.length; at += HASH_OCTETS)
        if (!hashes.subarray(at, at + HASH_OCTETS).equals(NONE)) yield `${segment}${at / HASH_OCTETS}`;
  }
}

/** The segment with the slash behind it. What is no event id has a number that no event has. */
function placeOf(eventId: string): { segment: string; index: number } {
  const index = parseEventId(eventId)?.index ?? Number.POSITIVE_INFINITY;
  return { segment: eventId.slice(0, eventId.lastIndexOf('/') + 1), index };
}

function grown(hashes: Buffer, least: number): Buffer {
  const larger = Buffer.alloc(Math.max(least, 2 * hashes.length));
  hashes.copy(larger);
  return larger;
}
