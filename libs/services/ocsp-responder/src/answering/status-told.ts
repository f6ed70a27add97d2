import type { CertStatus, OrdinaryAnswer } from '@kakunin/ocsp';
import { REVOCATION_REASONS } from '@kakunin/certificates';
import type { RevocationReason } from '@kakunin/certificates';
import { ISSUED, REASON_SHIFT, REVOKED } from '@kakunin/status-index';
import type { PackedState } from '@kakunin/status-index';
import type { AuthorityPolicy } from '../signing/authority-policy.ts';

/** What is said of a certificate. */
export type StatusTold = Pick<OrdinaryAnswer, 'certStatus' | 'reasonCode' | 'revocationTime' | 'extendedRevoke'>;

/** Says of a certificate what the index holds of it, by the authority's policy. */
export function tellStatus(
  { flags, revocationDate }: Pick<PackedState, 'flags' | 'revocationDate'>,
  { neverIssued }: Pick<AuthorityPolicy, 'neverIssued'>,
  into: StatusTold,
): void {
  into.reasonCode = 0;
  into.revocationTime = 0;
  into.extendedRevoke = false;
  if (flags & REVOKED) {
    into.certStatus = 'revoked';
    into.reasonCode = flags >>> REASON_SHIFT;
    into.revocationTime = revocationDate * 1000;
  } else if (flags & ISSUED) {
    into.certStatus = 'good';
  } else if (neverIssued === 'unknown') {
    into.certStatus = 'unknown';
  } else {
    // RFC 6960, 2.2: the date and the reason that a certificate never issued must have, and the extension that says so.
    into.certStatus = 'revoked';
    into.reasonCode = REVOCATION_REASONS.certificateHold;
    into.extendedRevoke = true;
  }
}

const REASONS = new Map<number, RevocationReason>(
  Object.entries(REVOCATION_REASONS).map(([reason, code]) => [code, reason as RevocationReason]),
);

/** The same as `encodeResponseData` takes it. */
export function certStatusOf({ certStatus, reasonCode, revocationTime }: StatusTold): CertStatus {
  if (certStatus !== 'revoked') return { status: certStatus };
  return { status: 'revoked', revocationTime, reason: REASONS.get(reasonCode) ?? 'unspecified' };
}
