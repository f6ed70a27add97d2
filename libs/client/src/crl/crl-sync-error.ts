/**
 * - `busy`: another run keeps these files up to date at this moment
 * - `unreachable`: the publisher does not answer
 * - `refused`: it answers with an error
 * - `signature_invalid`: it did not sign the manifest that came; rely on nothing of it
 * - `malformed_manifest`: a manifest that is none, or of a version that is not known here
 * - `invalid_option`: an option that cannot work
 */
export type CrlSyncErrorCode =
  'busy' | 'unreachable' | 'refused' | 'signature_invalid' | 'malformed_manifest' | 'invalid_option';

/** Why nothing could be brought up to date; what was here stays. */
export class CrlSyncError extends Error {
  readonly code: CrlSyncErrorCode;

  constructor(code: CrlSyncErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CrlSyncError';
    this.code = code;
  }
}
