/**
 * - `invalid_key`: not a name that an object or pointer may have; a fault of the caller.
 * - `object_exists`: an object of this key is there already; objects are written once.
 * - `object_missing`: a pointer was to be moved to an object that is not there.
 * - `object_in_use`: a pointer stands at the object that was to be removed.
 * - `store_full`: there is no space; nothing was written, and another try helps only when space was made.
 * - `store_unavailable`: the storage is away or refuses; worth another try.
 */
export type ObjectErrorCode =
  'invalid_key' | 'object_exists' | 'object_missing' | 'object_in_use' | 'store_full' | 'store_unavailable';

/** What can go wrong with stored objects. */
export class ObjectError extends Error {
  readonly code: ObjectErrorCode;

  constructor(code: ObjectErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ObjectError';
    this.code = code;
  }
}
