export type CertificatesErrorCode =
  | 'certificate_unknown'
  | 'certificate_differs'
  | 'partition_missing'
  | 'finally_revoked'
  | 'revocation_in_future'
  | 'predecessor_unknown'
  | 'succession_circular'
  | 'authority_unknown'
  | 'authority_differs'
  | 'import_header_invalid';

/** A request that the life cycle of a certificate does not allow. Messages name no serial number and no person. */
export class CertificatesError extends Error {
  readonly code: CertificatesErrorCode;

  constructor(code: CertificatesErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.name = 'CertificatesError';
  }
}
