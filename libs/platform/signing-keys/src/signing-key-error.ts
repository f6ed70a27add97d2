/**
 * `pkcs11_unavailable`: the package pkcs11js is missing; `malformed_file`: pkcs11.json is not what it should be;
 * `token_unavailable`: the device or its library does not work; `pin_refused`: it does not take the PIN;
 * `key_missing`: it does not hold the key, or holds several that fit.
 */
export type SigningKeyErrorCode =
  'pkcs11_unavailable' | 'malformed_file' | 'token_unavailable' | 'pin_refused' | 'key_missing';

/** Why a key cannot be used; messages say what to do, and never hold a PIN. */
export class SigningKeyError extends Error {
  readonly code: SigningKeyErrorCode;

  constructor(code: SigningKeyErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SigningKeyError';
    this.code = code;
  }
}
