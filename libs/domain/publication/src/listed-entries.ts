import type { ListedCertificate } from '@kakunin/crl';
import type { CertificateState, Revocation } from '@kakunin/status-index';

/**
 * Whether the next complete CRL lists a revoked certificate: until it has been on one scheduled CRL that was dated after
 * the certificate had expired (RFC 5280, 3.3).
 * @param lastScheduledUpdate thisUpdate of the newest scheduled CRL that is published, epoch ms; undefined when there is none
 */
export const isListed = (
  { notAfter, revocationDate }: Pick<Revocation, 'notAfter' | 'revocationDate'>,
  lastScheduledUpdate: number | undefined,
): boolean => lastScheduledUpdate === undefined || Math.max(notAfter, revocationDate) >= lastScheduledUpdate;

/**
 * Whether an entry of the last CRL may be missing in the next one: its certificate expired and it has served its time,
 * or it was a hold that was released. Everything else is lost data, and must stop the publication.
 * @param state what the index says of the certificate now
 */
export function mayDisappear(
  entry: Pick<ListedCertificate, 'reason'>,
  state: CertificateState,
  lastScheduledUpdate: number | undefined,
): boolean {
  if (state.state === 'good') return entry.reason === 'certificateHold';
  return state.state === 'revoked' && !isListed(state, lastScheduledUpdate);
}
