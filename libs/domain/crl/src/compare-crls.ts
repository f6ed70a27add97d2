import { CrlError } from './crl-error.ts';
import type { ListedCertificate } from './revoked-certificate.ts';
import { compareSerialNumbers } from './serial-order.ts';

/** The entries of a CRL, one after the other; a `CrlStream` is one. */
export interface EntryCursor {
  /** Where the cursor stands; without meaning before the first `advance` and after the last. */
  readonly entry: ListedCertificate;
  /** Whether each entry so far had a larger serial number than the one before it. */
  readonly inOrder: boolean;
  /** @returns false after the last entry */
  advance(): boolean | Promise<boolean>;
  /**
   * Moves this and the list before it to the last of the entries that follow in both and are the same, where that is quickly said.
   * @param below only entries with a smaller serial number
   * @returns how many; 0 says nothing
   */
  advanceAlike?(previous: EntryCursor, below?: Uint8Array): number;
}

/** How a CRL differs from the one before it. */
export interface CrlComparison {
  /** Entries that the previous CRL had and the next has not, without a reason. */
  readonly disappeared: number;
  /** Entries that left with a reason. */
  readonly left: number;
  /** Entries in both; a reason or date of theirs may have changed, as when a hold becomes final. */
  readonly kept: number;
  /** Of {@link kept}: those that say something else now. */
  readonly changed: number;
  readonly added: number;
}

/**
 * Compares a CRL that is about to be published with its predecessor: one pass over both, nothing kept. Both are ordered
 * by serial number, as we write them.
 * @param crls.mayDisappear whether an entry may be missing in the next one: its certificate has expired, or its hold was
 *   released; only the caller knows. The entry is good for the call only.
 * @throws CrlError `malformed_crl`; `unordered_entries` when one of them is not so ordered
 */
export async function compareCrls(crls: {
  readonly previous: EntryCursor;
  readonly next: EntryCursor;
  readonly mayDisappear: (entry: ListedCertificate) => boolean;
}): Promise<CrlComparison> {
  const { previous, next, mayDisappear } = crls;
  const found = { disappeared: 0, left: 0, kept: 0, changed: 0, added: 0 };
  found.kept += next.advanceAlike?.(previous) ?? 0;
  let [old, fresh] = [await previous.advance(), await next.advance()];
  while (old || fresh) {
    const order = !fresh ? -1 : !old ? 1 : compareSerialNumbers(previous.entry.serialNumber, next.entry.serialNumber);
    if (order > 0) found.added += 1;
    else if (order === 0) {
      found.kept += 1;
      if (!saysTheSame(previous.entry, next.entry)) found.changed += 1;
    } else if (mayDisappear(previous.entry)) found.left += 1;
    else found.disappeared += 1;
    // Most of a CRL stood in the one before.
    if (order === 0) found.kept += next.advanceAlike?.(previous) ?? 0;
    // Awaiting each of millions of answers that are there already would double the time.
    const [moreOld, moreFresh] = [order <= 0 ? previous.advance() : old, order >= 0 ? next.advance() : fresh];
    old = typeof moreOld === 'boolean' ? moreOld : await moreOld;
    fresh = typeof moreFresh === 'boolean' ? moreFresh : await moreFresh;
  }
  if (!previous.inOrder || !next.inOrder)
    throw new CrlError('unordered_entries', 'The entries of a CRL are not in the order of their serial numbers.');
  return found;
}

/** Whether two entries revoke in the same way, whichever certificate. */
export const saysTheSame = (one: ListedCertificate, other: ListedCertificate): boolean =>
  one.revocationDate === other.revocationDate &&
  (one.reason ?? 'unspecified') === (other.reason ?? 'unspecified') &&
  one.invalidityDate === other.invalidityDate;
