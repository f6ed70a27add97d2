/** `entries_changed`: the passes over the entries gave different ones; the status data moved meanwhile. */
export type CrlErrorCode = 'malformed_crl' | 'entries_changed';

/** Messages name structure only: no serial numbers. */
export class CrlError extends Error {
  constructor(
    readonly code: CrlErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'CrlError';
  }
}
