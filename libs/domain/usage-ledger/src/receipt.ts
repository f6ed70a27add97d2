import { leafHash } from './tree-hash.ts';

/** What the payer is given with each metered answer. */
export interface UsageReceipt {
  /** See `formatEventId`. */
  readonly eventId: string;
  /** Hash of the leaf (RFC 6962) in base64. */
  readonly recordHash: string;
}

/** Hash of a leaf as receipts say it. */
export const recordHashOf = (leaf: Uint8Array): string => leafHash(leaf).toString('base64');

/** Crosses receipts off as their leaves are met. */
export class ReceiptCheck {
  readonly #open: Map<string, string>;

  constructor(receipts: Iterable<UsageReceipt>) {
    this.#open = new Map(Array.from(receipts, ({ eventId, recordHash }) => [eventId, recordHash]));
  }

  /** Whether there is a receipt for the leaf, and it says the same. */
  take(eventId: string, leaf: Uint8Array): 'same' | 'differs' | 'none' {
    const recordHash = this.#open.get(eventId);
    if (recordHash === undefined) return 'none';
    this.#open.delete(eventId);
    return recordHash === recordHashOf(leaf) ? 'same' : 'differs';
  }

  /** The events that no leaf was met of. */
  left(): Iterable<string> {
    return this.#open.keys();
  }
}
