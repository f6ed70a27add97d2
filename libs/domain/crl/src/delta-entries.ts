import { type EntryCursor, saysTheSame } from './compare-crls.ts';
import { CrlError } from './crl-error.ts';
import type { ListedCertificate } from './revoked-certificate.ts';
import { compareSerialNumbers } from './serial-order.ts';

/**
 * The entries of a delta (RFC 5280, 5.2.4): what the base does not list, or lists otherwise, and with removeFromCRL what is
 * listed no more, be it a hold that was released or a certificate that expired (5.3.1). One pass over both, which are
 * ordered by serial number; only what differs is kept.
 * @throws CrlError `malformed_crl`; `unordered_entries` when one of them is not so ordered
 */
export async function deltaEntries(crls: {
  /** The complete CRL, or partition, that the delta is to. */
  readonly base: EntryCursor;
  /** What a complete one would list now. */
  readonly now: EntryCursor;
}): Promise<readonly ListedCertificate[]> {
  const { base, now } = crls;
  const delta: ListedCertificate[] = [];
  let [old, fresh] = [await base.advance(), await now.advance()];
  while (old || fresh) {
    const order = !fresh ? -1 : !old ? 1 : compareSerialNumbers(base.entry.serialNumber, now.entry.serialNumber);
    if (order < 0) delta.push({ ...copyOf(base.entry), reason: 'removeFromCRL' });
    else if (order > 0 || !saysTheSame(base.entry, now.entry)) delta.push(copyOf(now.entry));
    // As in compareCrls: most answers are there already.
    const [moreOld, moreFresh] = [order <= 0 ? base.advance() : old, order >= 0 ? now.advance() : fresh];
    old = typeof moreOld === 'boolean' ? moreOld : await moreOld;
    fresh = typeof moreFresh === 'boolean' ? moreFresh : await moreFresh;
  }
  if (!base.inOrder || !now.inOrder)
    throw new CrlError('unordered_entries', 'The entries of a CRL are not in the order of their serial numbers.');
  return delta;
}

const copyOf = ({ serialNumber, revocationDate, reason, invalidityDate }: ListedCertificate): ListedCertificate => ({
  serialNumber: Uint8Array.from(serialNumber),
  revocationDate,
  reason,
  invalidityDate,
});
