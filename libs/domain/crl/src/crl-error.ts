/**
 * - `entries_changed`: the passes over the entries gave different ones; the status data moved meanwhile.
 * - `unordered_entries`: a CRL does not list its entries by serial number, so it cannot be compared in one pass.
 */
export type CrlErrorCode = 'malformed_crl' | 'entries_changed' | 'unordered_entries';

/** Messages name structure only: no serial numbers. */
export class CrlError extends Error {
  readonly code: CrlErrorCode;

  constructor(code: CrlErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.name = 'CrlError';
  }
}
