/**
 * - `invalid_leaf`: a usage record has no canonical form (a code that is no plain ASCII, a time that is no instant)
 * - `invalid_key`: a name or key that no note can be signed with or verified by
 * - `invalid_note`: octets that are no signed note, or a signature of a known key that is wrong
 * - `unverified_note`: a note that no known key has signed
 * - `invalid_checkpoint`: a note that is no checkpoint, or one of another ledger
 * - `damaged`: what lies in the store is missing, or is not what the checkpoint says
 * - `conflict`: another object lies where an object that never changes should be written
 */
export type LedgerErrorCode =
  'invalid_leaf' | 'invalid_key' | 'invalid_note' | 'unverified_note' | 'invalid_checkpoint' | 'damaged' | 'conflict';

/** What can go wrong with a usage ledger. Messages hold paths and sizes, never usage. */
export class LedgerError extends Error {
  readonly code: LedgerErrorCode;

  constructor(code: LedgerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'LedgerError';
    this.code = code;
  }
}
