import type { CertificateList } from './parse-crl.ts';
import type { RevokedCertificate } from './revoked-certificate.ts';

/** How a CRL differs from the one before it. */
export interface CrlComparison {
  /** Whether the crlNumber grew (RFC 5280, 5.2.3). */
  readonly numberGrew: boolean;
  /** Entries that the previous CRL had and the next has not, without a reason. */
  readonly disappeared: readonly RevokedCertificate[];
  /** How many entries are new. */
  readonly added: number;
}

/**
 * Compares a CRL that is about to be published with its predecessor.
 * @param crls.mayDisappear whether an entry may be missing in the next one: its certificate has expired, or its hold was
 *   released; only the caller knows
 * @throws CrlError `malformed_crl`
 */
export function compareCrls(crls: {
  readonly previous: CertificateList;
  readonly next: CertificateList;
  readonly mayDisappear: (entry: RevokedCertificate) => boolean;
}): CrlComparison {
  const { previous, next, mayDisappear } = crls;
  const serialNumbers = new Set<string>();
  for (const { serialNumber } of next.entries) serialNumbers.add(keyOf(serialNumber));
  const total = serialNumbers.size;
  const disappeared: RevokedCertificate[] = [];
  let kept = 0;
  for (const entry of previous.entries) {
    if (serialNumbers.has(keyOf(entry.serialNumber))) kept += 1;
    else if (!mayDisappear(entry)) disappeared.push(entry);
  }
  return { numberGrew: (next.crlNumber ?? -1n) > (previous.crlNumber ?? -1n), disappeared, added: total - kept };
}

const keyOf = (octets: Uint8Array): string =>
  Buffer.from(octets.buffer, octets.byteOffset, octets.length).toString('latin1');
