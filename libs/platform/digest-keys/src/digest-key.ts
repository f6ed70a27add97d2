export const DIGEST_KEY_OCTETS = 32;

/** A key of certificate digests: of one calendar year (JST), so that it can be destroyed when nobody may object any more. */
export interface DigestKey {
  /** Such as `2026`. */
  readonly year: string;
  /** 32 octets. */
  readonly octets: Uint8Array;
}
