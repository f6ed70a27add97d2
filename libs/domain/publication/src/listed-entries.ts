import type { ListedCertificate } from '@kakunin/crl';
import type { CertificateState, Revocation } from '@kakunin/status-index';

/** What decides when a certificate that has expired leaves the CRL. */
export interface ExpiryRule {
  /** thisUpdate of the newest scheduled CRL that is published, epoch ms; undefined when there is none: then nothing leaves */
  readonly lastScheduledUpdate: number | undefined;
  /** Certificates that expired since then stay for ever (expiredCertsOnCRL), epoch ms; undefined: none. */
  readonly keepsExpiredSince?: number | undefined;
}

/**
 * Whether the next complete CRL lists a revoked certificate: until it has been on one scheduled CRL that was dated after
 * the certificate had expired (RFC 5280, 3.3).
 */
export const isListed = (
  { notAfter, revocationDate }: Pick<Revocation, 'notAfter' | 'revocationDate'>,
  { lastScheduledUpdate, keepsExpiredSince = Infinity }: ExpiryRule,
): boolean =>
  lastScheduledUpdate === undefined ||
  Math.max(notAfter, revocationDate) >= lastScheduledUpdate ||
  notAfter >= keepsExpiredSince;

/**
 * Whether an entry of the last CRL may be missing in the next one: its certificate expired and it has served its time,
 * or it was a hold that was released. Everything else is lost data, and must stop the publication.
 * @param state what the index says of the certificate now
 */
export function mayDisappear(
  entry: Pick<ListedCertificate, 'reason'>,
  state: CertificateState,
  rule: ExpiryRule,
): boolean {
  if (state.state === 'good') return entry.reason === 'certificateHold';
  return state.state === 'revoked' && !isListed(state, rule);
}
