export type LinkageErrorCode =
  'not_identifiable' | 'challenge_unusable' | 'person_differs' | 'key_invalid' | 'evidence_invalid';

/** What can go wrong between persons, certificates and names. Messages name no person and no certificate. */
export class LinkageError extends Error {
  readonly code: LinkageErrorCode;

  constructor(code: LinkageErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'LinkageError';
    this.code = code;
  }
}
