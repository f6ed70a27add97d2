/** Octets, and the detached Ed25519 signature over them (RFC 8032, 64 octets): a list `<name>` and `<name>.sig`. */
export interface SignedBlindList {
  readonly octets: Uint8Array;
  readonly signature: Uint8Array;
}

/** What the runtime has and this module does not bring: Node's `crypto` or the browser's `crypto.subtle`. */
export interface BlindListCrypto {
  sha256(octets: Uint8Array): Uint8Array | Promise<Uint8Array>;
  /** Ed25519, under the publisher's key, which you got in a way that you trust. */
  verify(octets: Uint8Array, signature: Uint8Array): boolean | Promise<boolean>;
}

/** Which lists to ask. */
export interface BlindListInput {
  readonly full: SignedBlindList;
  /** Those that follow the full list, in their order. */
  readonly deltas?: readonly SignedBlindList[];
  readonly crypto: BlindListCrypto;
}

/** Where a list is published. */
export interface BlindListSource {
  /** Where the publisher's CRLs lie, such as `https://crl.example.jp/crl`; its blind lists lie beside them. */
  readonly url: string;
  /** As the publisher's manifest calls it. */
  readonly authorityId: string;
  readonly crypto: BlindListCrypto;
  /** What an earlier call gave: only what is new is downloaded then. */
  readonly known?: BlindListFiles;
  /** Gets the octets at an address; default: by `fetch`, whatever comes but an error status. */
  readonly download?: (url: string) => Promise<Uint8Array>;
}

/** A file as it was downloaded; not opened yet. */
export interface FetchedBlindListFile extends SignedBlindList {
  /** Path that it has at the publisher: its name. */
  readonly url: string;
}

/** A full list and the deltas since, to be kept and to be opened. */
export interface BlindListFiles {
  readonly full: FetchedBlindListFile;
  readonly deltas: readonly FetchedBlindListFile[];
}

/** A certificate to ask about, DER. */
export interface BlindListQuestion {
  /** Verified by you: for one that the authority did not issue, the answer means nothing. */
  readonly certificate: Uint8Array;
  /** The authority's certificate of the same key generation. */
  readonly issuer: Uint8Array;
  /** Epoch ms; default: now. */
  readonly at?: number;
}

/**
 * - `other_authority`: the list is of another key
 * - `newer`: the certificate may have been issued after the list was made
 * - `expired`: it had expired when the list was made
 * - `out_of_date`: the list may be relied upon no longer, or not yet
 */
export type BlindListGap = 'other_authority' | 'newer' | 'expired' | 'out_of_date';

/** An answer, or why the list has none: then ask OCSP or a CRL. */
export type BlindListResult =
  { readonly status: 'good' | 'revoked' } | { readonly status: 'not_covered'; readonly because: BlindListGap };

/** What a list says of itself. Instants are epoch ms. */
export interface BlindListFacts {
  readonly number: number;
  readonly thisUpdate: number;
  readonly nextUpdate: number;
  /** It covers certificates with a notBefore before this instant. */
  readonly issuedBefore: number;
}

/** A list that was verified. */
export interface OpenBlindList {
  readonly facts: BlindListFacts;
  /** @throws BlindListClientError `malformed_certificate` */
  check(question: BlindListQuestion): Promise<BlindListResult>;
}
