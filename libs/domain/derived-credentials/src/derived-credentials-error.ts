/**
 * - `base_unfit`: the base certificate is not good or ends too soon: nothing can be based on it
 * - `lifetime_exceeds_base`: the credential would outlive the certificate that it rests on
 * - `credential_revoked`: a certificate that its own authority has revoked
 */
export type DerivedCredentialsErrorCode = 'base_unfit' | 'lifetime_exceeds_base' | 'credential_revoked';

/** What the registration of a derived credential refuses. Messages name no person and no certificate. */
export class DerivedCredentialsError extends Error {
  readonly code: DerivedCredentialsErrorCode;

  constructor(code: DerivedCredentialsErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DerivedCredentialsError';
    this.code = code;
  }
}
