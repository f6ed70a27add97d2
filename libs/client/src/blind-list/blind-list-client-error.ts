/**
 * - `signature_invalid`: the publisher did not sign these octets; rely on nothing
 * - `malformed_list`: no blind list, or of a version that is not known here
 * - `lists_differ`: the deltas do not follow the list
 * - `malformed_certificate`: not the DER of a certificate
 */
export type BlindListClientErrorCode =
  'signature_invalid' | 'malformed_list' | 'lists_differ' | 'malformed_certificate';

/** Why a blind list cannot be asked. Messages hold nothing of a certificate. */
export class BlindListClientError extends Error {
  readonly code: BlindListClientErrorCode;

  constructor(code: BlindListClientErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'BlindListClientError';
    this.code = code;
  }
}
