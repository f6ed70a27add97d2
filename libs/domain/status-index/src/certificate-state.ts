import { REVOCATION_REASONS } from '@kakunin/certificates';
import type { CertificateStatus, RevocationReason } from '@kakunin/certificates';
import {
  INVALIDITY_DATE,
  isIssued,
  isRevoked,
  ISSUED,
  LAST_SECOND,
  REASON_SHIFT,
  REVOKED,
  SMARTPHONE,
} from './packed-state.ts';
import type { PackedState } from './packed-state.ts';
import { roundedUp } from './page-layout.ts';

export type Carrier = 'card' | 'smartphone';

/** What is put into the index: the whole state of one issued certificate. Instants are epoch milliseconds. */
export interface IssuedCertificate {
  readonly notAfter: number;
  readonly carrier: Carrier;
  readonly status: CertificateStatus;
  /** SHA-256 of the certificate, 32 octets; kept by an index with fingerprints. Absent: what is known stays. */
  readonly fingerprint?: Uint8Array | undefined;
  /** Label of its partition; kept by an index with partitions. Absent: what is known stays. */
  readonly partition?: string | undefined;
}

/**
 * Instants are epoch milliseconds in whole seconds, the resolution of certificates and CRLs (RFC 5280, 4.1.2.5);
 * fractions are dropped when they are put in. From 2106-02-07 on every instant reads as 9999-12-31T23:59:59Z, RFC
 * 5280's "no well-defined expiration".
 */
export interface Revocation {
  readonly revocationDate: number;
  readonly reason: RevocationReason;
  readonly invalidityDate?: number | undefined;
  /** Until when a CRL must list it: the end of the certificate, at most 64 seconds later, never earlier. */
  readonly notAfter: number;
}

/** What the index answers. */
export type CertificateState =
  | { readonly state: 'not_issued' }
  | { readonly state: 'good'; readonly carrier: Carrier; readonly fingerprint?: Uint8Array }
  | ({ readonly state: 'revoked'; readonly carrier: Carrier; readonly fingerprint?: Uint8Array } & Revocation);

/** A revoked certificate as a CRL lists it. */
export interface RevokedEntry extends Revocation {
  /** Content octets of the DER INTEGER. */
  readonly serial: Uint8Array;
}

const REASON_NAMES: readonly (RevocationReason | undefined)[] = Object.entries(REVOCATION_REASONS).reduce<
  (RevocationReason | undefined)[]
>((names, [name, code]) => {
  names[code] = name as RevocationReason;
  return names;
}, []);

const NO_WELL_DEFINED_EXPIRATION = 253_402_300_799_000;

const toSeconds = (instant: number): number => Math.min(Math.floor(instant / 1000), LAST_SECOND);

/** Epoch milliseconds of an instant of a {@link PackedState}. */
export const instantOf = (seconds: number): number =>
  seconds === LAST_SECOND ? NO_WELL_DEFINED_EXPIRATION : seconds * 1000;

/** RFC 5280, 5.3.1: only certificateHold can be taken back. */
export const isFinal = (flags: number): boolean =>
  isRevoked(flags) && flags >>> REASON_SHIFT !== REVOCATION_REASONS.certificateHold;

export function packState({ notAfter, carrier, status }: IssuedCertificate, target: PackedState): void {
  target.flags = ISSUED | (carrier === 'smartphone' ? SMARTPHONE : 0);
  target.revocationDate = 0;
  target.invalidityDate = 0;
  target.notAfter = 0;
  if (status.status === 'good') return;
  target.flags |= REVOKED | (REVOCATION_REASONS[status.reason] << REASON_SHIFT);
  target.revocationDate = toSeconds(status.revocationDate);
  target.notAfter = roundedUp(toSeconds(notAfter));
  if (status.invalidityDate === undefined) return;
  target.flags |= INVALIDITY_DATE;
  target.invalidityDate = toSeconds(status.invalidityDate);
}

const NOT_ISSUED: CertificateState = Object.freeze({ state: 'not_issued' });

export const reasonOf = (flags: number): RevocationReason => REASON_NAMES[flags >>> REASON_SHIFT] ?? 'unspecified';

export function unpackState({ flags, revocationDate, invalidityDate, notAfter }: PackedState): CertificateState {
  if (!isIssued(flags)) return NOT_ISSUED;
  const carrier = flags & SMARTPHONE ? 'smartphone' : 'card';
  if (!isRevoked(flags)) return { state: 'good', carrier };
  const state = {
    state: 'revoked',
    carrier,
    revocationDate: instantOf(revocationDate),
    reason: reasonOf(flags),
    notAfter: instantOf(notAfter),
  } as const;
  return flags & INVALIDITY_DATE ? { ...state, invalidityDate: instantOf(invalidityDate) } : state;
}

export function unpackEntry(
  serial: Uint8Array,
  { flags, revocationDate, invalidityDate, notAfter }: PackedState,
): RevokedEntry {
  const entry = {
    serial,
    revocationDate: instantOf(revocationDate),
    reason: reasonOf(flags),
    notAfter: instantOf(notAfter),
  };
  return flags & INVALIDITY_DATE ? { ...entry, invalidityDate: instantOf(invalidityDate) } : entry;
}
