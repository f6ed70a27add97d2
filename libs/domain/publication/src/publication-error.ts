/**
 * - `invalid_key`: not a name that an object may have; a fault of the caller.
 * - `object_exists`: an object of this key is there already; objects are written once.
 * - `object_missing`: a pointer was to be moved to an object that is not there.
 * - `store_unavailable`: the storage refused (full, read-only, away); worth another try.
 * - `timing_invalid`: period, validity, overlap and debounce contradict one another.
 */
export type PublicationErrorCode =
  'invalid_key' | 'object_exists' | 'object_missing' | 'store_unavailable' | 'timing_invalid';

/** What can go wrong when something is published. */
export class PublicationError extends Error {
  constructor(
    readonly code: PublicationErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'PublicationError';
  }
}
