/**
 * What the index holds of one certificate, packed for the path of answers: filled in again and again, so that a look-up
 * makes no object. Instants are seconds since 1970; {@link LAST_SECOND} means 9999-12-31T23:59:59Z.
 */
export interface PackedState {
  /** 0: never issued; else {@link ISSUED} and what goes with it, the reason from bit {@link REASON_SHIFT} on. */
  flags: number;
  /** Of a revoked certificate; 0 otherwise. */
  revocationDate: number;
  /** Of a revoked certificate with {@link INVALIDITY_DATE}; 0 otherwise. */
  invalidityDate: number;
  /** Of a revoked certificate: when its entry may leave the CRL, at most 64 seconds after its end; 0 otherwise. */
  notAfter: number;
}

export const ISSUED = 0x01;
export const REVOKED = 0x02;
export const SMARTPHONE = 0x04;
export const INVALIDITY_DATE = 0x08;
/** `flags >>> REASON_SHIFT` is the CRLReason of a revoked certificate (RFC 5280, 5.3.1). */
export const REASON_SHIFT = 4;
/** From 2106-02-07 on: RFC 5280's "no well-defined expiration" (4.1.2.5). */
export const LAST_SECOND = 0xffff_ffff;

export const packedState = (): PackedState => ({ flags: 0, revocationDate: 0, invalidityDate: 0, notAfter: 0 });

export const isIssued = (flags: number): boolean => (flags & ISSUED) !== 0;
export const isRevoked = (flags: number): boolean => (flags & REVOKED) !== 0;
