import { REVOCATION_REASONS } from '@kakunin/certificates';
import type { CertificateStatus, RevocationReason } from '@kakunin/certificates';
import { INVALIDITY_DATE, ISSUED, LAST_SECOND, REASON_SHIFT, REVOKED, SMARTPHONE } from './packed-state.ts';
import type { PackedState } from './packed-state.ts';

export type Carrier = 'card' | 'smartphone';

/** What is put into the index: the whole state of one issued certificate. Instants are epoch milliseconds. */
export interface IssuedCertificate {
  readonly notAfter: number;
  readonly carrier: Carrier;
  readonly status: CertificateStatus;
}

/**
 * What the index answers. Instants are epoch milliseconds in whole seconds, the resolution of certificates and CRLs
 * (RFC 5280, 4.1.2.5); fractions are dropped when they are put in. From 2106-02-07 on every instant reads as
 * 9999-12-31T23:59:59Z, RFC 5280's "no well-defined expiration".
 */
export type CertificateState =
  | { readonly state: 'not_issued' }
  | { readonly state: 'good'; readonly notAfter: number; readonly carrier: Carrier }
  | {
      readonly state: 'revoked';
      readonly notAfter: number;
      readonly carrier: Carrier;
      readonly revocationDate: number;
      readonly reason: RevocationReason;
      readonly invalidityDate?: number;
    };

/** A revoked certificate as a CRL lists it; `notAfter` says until when it must stay listed. */
export interface RevokedEntry {
  /** Content octets of the DER INTEGER. */
  readonly serial: Uint8Array;
  readonly revocationDate: number;
  readonly reason: RevocationReason;
  readonly invalidityDate?: number;
  readonly notAfter: number;
}

const REASON_NAMES: readonly (RevocationReason | undefined)[] = Object.entries(REVOCATION_REASONS).reduce<
  (RevocationReason | undefined)[]
>((names, [name, code]) => {
  names[code] = name as RevocationReason;
  return names;
}, []);

const NO_WELL_DEFINED_EXPIRATION = 253_402_300_799_000;

const toSeconds = (instant: number): number => Math.min(Math.floor(instant / 1000), LAST_SECOND);
const toInstant = (seconds: number): number => (seconds === LAST_SECOND ? NO_WELL_DEFINED_EXPIRATION : seconds * 1000);

export const isIssued = (flags: number): boolean => (flags & ISSUED) !== 0;
export const isRevoked = (flags: number): boolean => (flags & REVOKED) !== 0;
/** RFC 5280, 5.3.1: only certificateHold can be taken back. */
export const isFinal = (flags: number): boolean =>
  isRevoked(flags) && flags >> REASON_SHIFT !== REVOCATION_REASONS.certificateHold;

export function packState({ notAfter, carrier, status }: IssuedCertificate): PackedState {
  const flags = ISSUED | (carrier === 'smartphone' ? SMARTPHONE : 0);
  if (status.status === 'good') return { flags, notAfter: toSeconds(notAfter), revocationDate: 0, invalidityDate: 0 };
  const { revocationDate, reason, invalidityDate } = status;
  return {
    flags:
      flags |
      REVOKED |
      (invalidityDate === undefined ? 0 : INVALIDITY_DATE) |
      (REVOCATION_REASONS[reason] << REASON_SHIFT),
    notAfter: toSeconds(notAfter),
    revocationDate: toSeconds(revocationDate),
    invalidityDate: invalidityDate === undefined ? 0 : toSeconds(invalidityDate),
  };
}

const NOT_ISSUED: CertificateState = Object.freeze({ state: 'not_issued' });

export function unpackState({ flags, notAfter, revocationDate, invalidityDate }: PackedState): CertificateState {
  if (!isIssued(flags)) return NOT_ISSUED;
  const carrier = flags & SMARTPHONE ? 'smartphone' : 'card';
  if (!isRevoked(flags)) return { state: 'good', notAfter: toInstant(notAfter), carrier };
  return {
    state: 'revoked',
    notAfter: toInstant(notAfter),
    carrier,
    revocationDate: toInstant(revocationDate),
    reason: REASON_NAMES[flags >> REASON_SHIFT] ?? 'unspecified',
    ...(flags & INVALIDITY_DATE && { invalidityDate: toInstant(invalidityDate) }),
  };
}
