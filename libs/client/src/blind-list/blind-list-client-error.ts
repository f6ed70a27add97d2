/**
 * - `signature_invalid`: the publisher did not sign these octets; rely on nothing
 * - `malformed_list`: no blind list, or of a version that is not known here
 * - `lists_differ`: the deltas do not follow the list
 * - `unreachable`: the publisher does not answer, or answers with an error
 * - `malformed_manifest`: a manifest that is none, or of a version that is not known here
 * - `not_listed`: it has no blind list of this authority
 * - `malformed_certificate`: not the DER of a certificate
 */
export type BlindListClientErrorCode =
  | 'signature_invalid'
  | 'malformed_list'
  | 'lists_differ'
  | 'unreachable'
  | 'malformed_manifest'
  | 'not_listed'
  | 'malformed_certificate';

/** Why a blind list cannot be asked. Messages hold nothing of a certificate. */
export class BlindListClientError extends Error {
  readonly code: BlindListClientErrorCode;

  constructor(code: BlindListClientErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'BlindListClientError';
    this.code = code;
  }
}
