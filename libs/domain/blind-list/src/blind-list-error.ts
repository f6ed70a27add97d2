/**
 * - `malformed`: octets that are no blind list: cut off, altered, of an unknown version
 * - `wrong_base`: lists that do not follow each other, or are of different authorities
 * - `invalid_input`: a fault of the caller: a field out of range, a fingerprint that is no SHA-256
 * - `conflicting_status`: a certificate was given as revoked and as not revoked
 * - `unsolvable`: no seed works for a block; another salt will
 */
export type BlindListErrorCode = 'malformed' | 'wrong_base' | 'invalid_input' | 'conflicting_status' | 'unsolvable';

/** What can go wrong with a blind list. Messages name structure only, never a fingerprint. */
export class BlindListError extends Error {
  readonly code: BlindListErrorCode;

  constructor(code: BlindListErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'BlindListError';
    this.code = code;
  }
}
