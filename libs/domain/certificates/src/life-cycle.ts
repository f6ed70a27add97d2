import type { CertificateStatus } from './certificate-event.ts';
import { CertificatesError } from './certificates-error.ts';
import type { RevocationReason } from './revocation-reason.ts';

/** What a CA asks for; instants are epoch milliseconds. */
export interface Revocation {
  readonly reason: RevocationReason;
  /** Absent: now, or what stands already. */
  readonly revocationDate?: number | undefined;
  /** When the key is known or suspected to have been compromised (RFC 5280, 5.3.2). */
  readonly invalidityDate?: number | undefined;
}

export const GOOD: CertificateStatus = { status: 'good' };

/** How far the clock of a CA may be ahead of ours, ms. */
const CLOCK_TOLERANCE = 5 * 60_000;

/** Times in certificates, CRLs and OCSP answers have no fractions of a second (RFC 5280, 4.1.2.5.2). */
export const wholeSecond = (instant: number): number => Math.floor(instant / 1000) * 1000;

/** True for certificateHold, the one revocation that can be taken back (RFC 5280, 5.3.1). */
export const isHeld = (status: CertificateStatus): boolean =>
  status.status === 'revoked' && status.reason === 'certificateHold';

/** True for a revocation that stays for ever. */
export const isFinallyRevoked = (status: CertificateStatus): boolean =>
  status.status === 'revoked' && status.reason !== 'certificateHold';

/**
 * Revokes or holds (reason `certificateHold`). Repeating what stands changes nothing and answers `current` itself, so
 * that a CA may send a request again; dates that the repetition leaves out count as equal.
 * @throws CertificatesError `finally_revoked` when a final revocation stands with another reason or date;
 * `revocation_in_future`: OCSP and CRLs say what is, not what will be (RFC 6960, 2.2; RFC 5280, 5.1.2.6)
 */
export function revoke(current: CertificateStatus, revocation: Revocation, now: number): CertificateStatus {
  if (current.status === 'revoked') {
    if (repeats(current, revocation)) return current;
    if (isFinallyRevoked(current)) {
      throw new CertificatesError(
        'finally_revoked',
        'The certificate is revoked for good, with another reason or date. A final revocation is never changed.',
      );
    }
  }
  const { reason, revocationDate = now, invalidityDate } = revocation;
  if (revocationDate > now + CLOCK_TOLERANCE) {
    throw new CertificatesError(
      'revocation_in_future',
      'The revocation date lies in the future: send the revocation when it takes effect, or correct the clock.',
    );
  }
  return {
    status: 'revoked',
    revocationDate: wholeSecond(revocationDate),
    reason,
    ...(invalidityDate !== undefined && { invalidityDate }),
  };
}

/**
 * Takes a hold back. A good certificate stays good.
 * @throws CertificatesError `finally_revoked`
 */
export function release(current: CertificateStatus): CertificateStatus {
  if (isFinallyRevoked(current)) {
    throw new CertificatesError('finally_revoked', 'The certificate is revoked for good: only a hold can be released.');
  }
  return current.status === 'good' ? current : GOOD;
}

/**
 * Takes over the whole state that a list of the CA (index.txt, CSV) states; `current` itself when nothing changes.
 * @throws CertificatesError `finally_revoked` when the list contradicts a final revocation
 */
export function adopt(current: CertificateStatus, stated: CertificateStatus, now: number): CertificateStatus {
  return stated.status === 'good' ? release(current) : revoke(current, stated, now);
}

type Revoked = Extract<CertificateStatus, { status: 'revoked' }>;

const repeats = (current: Revoked, { reason, revocationDate, invalidityDate }: Revocation): boolean =>
  reason === current.reason &&
  (revocationDate === undefined || wholeSecond(revocationDate) === current.revocationDate) &&
  (invalidityDate === undefined || invalidityDate === current.invalidityDate);
