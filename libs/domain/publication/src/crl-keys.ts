/**
 * Where what is published lies in the store; the same paths are the URL paths. Labels of partitions may be all digits, as
 * numbers are, so they have a level of their own.
 * ```
 * crl/<authority>.crl                               pointer to the newest complete CRL
 * crl/<authority>/delta.crl                         pointer to the newest delta
 * crl/<authority>/<number>.crl, <number>.delta.crl  one of them, for ever
 * crl/<authority>/<number>.json, ….delta.json       its descriptor
 * crl/<authority>/partitions/<label>.crl            pointer to the newest complete CRL of a partition
 * crl/<authority>/partitions/<label>/…              and so on, as for an authority
 * crl/manifest.json                                 pointer to the newest manifest
 * crl/manifests/<sha256>.json, <sha256>.json.sig    a manifest, and its signature
 * crl/manifest.json.sig                             pointer to the signature of the newest manifest
 * crl/manifest.pub.pem                              pointer to the key that it is checked with
 * ```
 */
export const CRL_MANIFEST_POINTER = 'crl/manifest.json';

/** Which certificates CRLs are about: all of an authority, or one partition. Numbers grow strictly within a scope. */
export interface CrlScope {
  readonly authorityId: string;
  /** Its label; absent: the whole authority. */
  readonly partition?: string | undefined;
}

export type CrlKind = 'complete' | 'delta';

/** One series of CRLs: what a pointer stands for. */
export interface CrlSeries extends CrlScope {
  /** Absent: complete. */
  readonly kind?: CrlKind | undefined;
}

const folderOf = ({ authorityId, partition }: CrlScope): string =>
  partition === undefined ? `crl/${authorityId}` : `crl/${authorityId}/partitions/${partition}`;

/** Of the newest CRL of a series. */
export const crlPointer = (series: CrlSeries): string =>
  series.kind === 'delta' ? `${folderOf(series)}/delta.crl` : `${folderOf(series)}.crl`;

export const crlKey = (series: CrlSeries, crlNumber: bigint): string =>
  `${folderOf(series)}/${crlNumber}${series.kind === 'delta' ? '.delta' : ''}.crl`;

/** The descriptor that belongs to a CRL's key. */
export const descriptorKeyOf = (key: string): string => key.replace(/\.crl$/, '.json');

/** Moves right after the manifest: who wants the two to match takes the signature by the manifest's SHA-256. */
export const CRL_MANIFEST_SIGNATURE_POINTER: string = `${CRL_MANIFEST_POINTER}.sig`;
export const CRL_MANIFEST_PUBLIC_KEY_POINTER = 'crl/manifest.pub.pem';

export const manifestSignatureKey = (manifestSha256: string): string => `${manifestKey(manifestSha256)}.sig`;
export const publicKeyKey = (sha256: string): string => `crl/manifests/${sha256}.pub.pem`;

export const manifestKey = (sha256: string): string => `crl/manifests/${sha256}.json`;

/** Names a scope among others, as a key of a map. */
export const scopeName = ({ authorityId, partition }: CrlScope): string =>
  partition === undefined ? authorityId : `${authorityId}/${partition}`;
