/**
 * - `malformed_record`: an archived record, or a CRL that should become one, is not what it should be: damaged or altered.
 * - `malformed_bundle`: the same of a kept bundle of evidence.
 * - `timestamp_refused`: the time-stamping authority refused, or its answer is not about what it was asked.
 * - `too_large`: a file of 4 GiB or more, which a ZIP file of the plain form cannot hold.
 */
export type EvidenceErrorCode = 'malformed_record' | 'malformed_bundle' | 'timestamp_refused' | 'too_large';

/** What can go wrong with archived CRLs and with evidence made of them. */
export class EvidenceError extends Error {
  readonly code: EvidenceErrorCode;

  constructor(code: EvidenceErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'EvidenceError';
    this.code = code;
  }
}
