/**
 * - `rotation_invalid`: a rotation begins in the past, ends before it begins, or another is under way
 * - `map_invalid`: a map of ppids is not signed by its authority, is for another, or its entries are not those signed
 * - `consent_invalid`: a consent is not that party's, has expired, or is to something else
 * - `sectors_equal`: a sector cannot be merged with itself, or translated into itself
 */
export type SectorsErrorCode = 'rotation_invalid' | 'map_invalid' | 'consent_invalid' | 'sectors_equal';

/** What can go wrong with the keys of sectors. Messages hold no ppid. */
export class SectorsError extends Error {
  readonly code: SectorsErrorCode;

  constructor(code: SectorsErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SectorsError';
    this.code = code;
  }
}
