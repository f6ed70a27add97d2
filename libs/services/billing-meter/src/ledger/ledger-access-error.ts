/** A file of a ledger that is not there, or not the caller's to read. */
export class LedgerAccessError extends Error {
  override readonly name = 'LedgerAccessError';
  readonly code = 'ledger_file_unknown';
}
