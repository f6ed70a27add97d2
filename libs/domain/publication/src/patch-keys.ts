import { crlKey, crlPointer, type CrlSeries } from './crl-keys.ts';

/**
 * Where patches lie, beside the CRL that they make:
 * ```
 * crl/<authority>/<number>.from-<predecessor>.dcz  a patch, for ever
 * crl/<authority>/<number>.patches.json            the patches to that CRL, for ever
 * crl/<authority>.patches.json                     pointer to the newest list of patches
 * ```
 * and so below `partitions/<label>`.
 */
export const patchKey = (series: CrlSeries, crlNumber: bigint, from: bigint): string =>
  crlKey(series, crlNumber).replace(/\.crl$/, `.from-${from}.dcz`);

export const patchListKey = (series: CrlSeries, crlNumber: bigint): string =>
  crlKey(series, crlNumber).replace(/\.crl$/, '.patches.json');

export const patchListPointer = (series: CrlSeries): string => crlPointer(series).replace(/\.crl$/, '.patches.json');
