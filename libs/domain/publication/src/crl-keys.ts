/**
 * Where what is published lies in the store; the same paths are the URL paths.
 * ```
 * crl/<authority>.crl            pointer to the newest CRL
 * crl/<authority>/<number>.crl   a CRL, for ever
 * crl/<authority>/<number>.json  its descriptor
 * crl/manifest.json              pointer to the newest manifest
 * crl/manifests/<sha256>.json    a manifest
 * ```
 */
export const CRL_MANIFEST_POINTER = 'crl/manifest.json';

export const crlPointer = (authorityId: string): string => `crl/${authorityId}.crl`;

export const crlKey = (authorityId: string, crlNumber: bigint): string => `crl/${authorityId}/${crlNumber}.crl`;

/** The descriptor that belongs to a CRL's key. */
export const descriptorKeyOf = (key: string): string => key.replace(/\.crl$/, '.json');

export const manifestKey = (sha256: string): string => `crl/manifests/${sha256}.json`;
