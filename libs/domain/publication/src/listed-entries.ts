import type { RevokedCertificate } from '@kakunin/crl';
import type { CertificateState, RevokedEntry } from '@kakunin/status-index';

/**
 * An entry stays until it has been on one scheduled CRL that was dated after its certificate had expired (RFC 5280, 3.3).
 * @param lastScheduledUpdate thisUpdate of the newest scheduled CRL that is published, epoch ms; undefined when there is none
 */
const hasServed = (
  { notAfter, revocationDate }: Pick<RevokedEntry, 'notAfter' | 'revocationDate'>,
  lastScheduledUpdate: number | undefined,
): boolean => lastScheduledUpdate !== undefined && Math.max(notAfter, revocationDate) < lastScheduledUpdate;

/** The entries of the next complete CRL, in the order of the index. Taken at once: all belong to one moment. */
export function listedEntries(
  revoked: Iterable<RevokedEntry>,
  lastScheduledUpdate: number | undefined,
): readonly RevokedCertificate[] {
  const listed: RevokedCertificate[] = [];
  for (const { serial: serialNumber, notAfter, ...entry } of revoked) {
    if (hasServed({ ...entry, notAfter }, lastScheduledUpdate)) continue;
    listed.push({ serialNumber, ...entry });
  }
  return listed;
}

/**
 * Whether an entry of the last CRL may be missing in the next one: its certificate expired and it has served its time,
 * or it was a hold that was released. Everything else is lost data, and must stop the publication.
 * @param state what the index says of the certificate now
 */
export function mayDisappear(
  entry: RevokedCertificate,
  state: CertificateState,
  lastScheduledUpdate: number | undefined,
): boolean {
  if (state.state === 'good') return entry.reason === 'certificateHold';
  return state.state === 'revoked' && hasServed(state, lastScheduledUpdate);
}

/** Whether two CRLs would revoke the same certificates in the same way, listed in the same order. */
export function sameEntries(one: Iterable<RevokedCertificate>, other: Iterable<RevokedCertificate>): boolean {
  const others = other[Symbol.iterator]();
  for (const entry of one) {
    const { value, done } = others.next();
    if (done || !sameEntry(entry, value)) return false;
  }
  return others.next().done === true;
}

const sameEntry = (one: RevokedCertificate, other: RevokedCertificate): boolean =>
  one.revocationDate === other.revocationDate &&
  (one.reason ?? 'unspecified') === (other.reason ?? 'unspecified') &&
  one.invalidityDate === other.invalidityDate &&
  Buffer.compare(one.serialNumber, other.serialNumber) === 0;
