import { type EntryCursor, saysTheSame } from './compare-crls.ts';
import { CrlError } from './crl-error.ts';
import type { ListedCertificate } from './revoked-certificate.ts';
import { compareSerialNumbers } from './serial-order.ts';

/**
 * The entries of a delta (RFC 5280, 5.2.4): what the base does not list, or lists otherwise, and with removeFromCRL what is
 * listed no more, be it a hold that was released or a certificate that expired (5.3.1). One pass over all, which are
 * ordered by serial number; only what differs is kept.
 * @throws CrlError `malformed_crl`; `unordered_entries` when one of them is not so ordered
 */
export async function deltaEntries(crls: {
  /** The complete CRL, or partition, that the delta is to. */
  readonly base: EntryCursor;
  /** What a complete one would list now. */
  readonly now: EntryCursor;
  /**
   * What the last delta to the same base lists. It is mentioned again, as it is now: whoever holds a complete CRL of since
   * then has seen it, and a hold that came and went between two bases must end there too.
   */
  readonly before?: readonly ListedCertificate[];
}): Promise<readonly ListedCertificate[]> {
  const { base, now, before = [] } = crls;
  const delta: ListedCertificate[] = [];
  const mentioned = new Mentioned(before, (gone) => delta.push(removed(gone)));
  now.advanceAlike?.(base, mentioned.next);
  let [old, fresh] = [await base.advance(), await now.advance()];
  while (old || fresh) {
    const order = !fresh ? -1 : !old ? 1 : compareSerialNumbers(base.entry.serialNumber, now.entry.serialNumber);
    const wasMentioned = mentioned.reaches((order < 0 ? base : now).entry.serialNumber);
    if (order < 0) delta.push(removed(base.entry));
    else if (order > 0 || wasMentioned || !saysTheSame(base.entry, now.entry)) delta.push(copyOf(now.entry));
    if (order === 0) now.advanceAlike?.(base, mentioned.next);
    // As in compareCrls: most answers are there already.
    const [moreOld, moreFresh] = [order <= 0 ? base.advance() : old, order >= 0 ? now.advance() : fresh];
    old = typeof moreOld === 'boolean' ? moreOld : await moreOld;
    fresh = typeof moreFresh === 'boolean' ? moreFresh : await moreFresh;
  }
  mentioned.end();
  if (!base.inOrder || !now.inOrder)
    throw new CrlError('unordered_entries', 'The entries of a CRL are not in the order of their serial numbers.');
  return delta;
}

/** Goes along with the pass, and tells of entries that neither side lists. */
class Mentioned {
  readonly #entries: readonly ListedCertificate[];
  readonly #onGone: (entry: ListedCertificate) => unknown;
  #at = 0;

  constructor(entries: readonly ListedCertificate[], onGone: (entry: ListedCertificate) => unknown) {
    this.#entries = entries;
    this.#onGone = onGone;
  }

  /** The serial number that comes next. */
  get next(): Uint8Array | undefined {
    return this.#entries[this.#at]?.serialNumber;
  }

  /** @returns whether there is an entry with this serial number */
  reaches(serialNumber: Uint8Array): boolean {
    for (; this.#at < this.#entries.length; this.#at += 1) {
      const entry = this.#entries[this.#at]!;
      const order = compareSerialNumbers(entry.serialNumber, serialNumber);
      if (order > 0) return false;
      if (order === 0) {
        this.#at += 1;
        return true;
      }
      this.#onGone(entry);
    }
    return false;
  }

  end(): void {
    for (; this.#at < this.#entries.length; this.#at += 1) this.#onGone(this.#entries[this.#at]!);
  }
}

const copyOf = ({ serialNumber, revocationDate, reason, invalidityDate }: ListedCertificate): ListedCertificate => ({
  serialNumber: Uint8Array.from(serialNumber),
  revocationDate,
  reason,
  invalidityDate,
});

const removed = (entry: ListedCertificate): ListedCertificate => ({ ...copyOf(entry), reason: 'removeFromCRL' });
