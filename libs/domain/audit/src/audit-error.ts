/**
 * - `chain_broken`: an entry was changed, left out, added or moved; the message says which sequence
 * - `head_invalid`: not a head that the registry has signed
 */
export type AuditErrorCode = 'chain_broken' | 'head_invalid';

/** What can be wrong with an audit log. */
export class AuditError extends Error {
  readonly code: AuditErrorCode;

  constructor(code: AuditErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'AuditError';
    this.code = code;
  }
}
