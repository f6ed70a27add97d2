/** `entries_changed`: the passes over the entries gave different ones; the status data moved meanwhile. */
export type CrlErrorCode = 'malformed_crl' | 'entries_changed';

/** Messages name structure only: no serial numbers. */
export class CrlError extends Error {
  readonly code: CrlErrorCode;

  constructor(code: CrlErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.name = 'CrlError';
  }
}
