import type { Extension } from '@kakunin/x509';

/** A `Time` as it stands: its instant (epoch ms), and its tag, on which RFC 5280, 5.1.2.4 has a rule. */
export interface StatedTime {
  readonly instant: number;
  readonly tag: number;
}

/** What stands in front of the entries (RFC 5280, 5.1.2). */
export interface CrlHead {
  /** As written: 1 for v2; undefined: left out, which means v1. */
  readonly version: number | undefined;
  /** DER of the AlgorithmIdentifier within the TBSCertList. */
  readonly signature: Uint8Array;
  /** DER of the Name. */
  readonly issuer: Uint8Array;
  readonly thisUpdate: StatedTime;
  readonly nextUpdate: StatedTime | undefined;
  /** Whether there is a list of entries, be it empty. */
  readonly hasList: boolean;
}

/** All of a CRL but its entries, of which it says what was seen among them. */
export interface CrlReport extends CrlHead {
  readonly extensions: readonly Extension[];
  readonly entries: number;
  /** Bits of `ENTRY_FACT`. */
  readonly entryFacts: number;
  /** DER of the AlgorithmIdentifier beside the signature. */
  readonly signatureAlgorithm: Uint8Array;
  readonly signatureValue: Uint8Array;
  /** Octets of the whole CRL. */
  readonly size: number;
  /** Whether it was signed by the holder of this key (DER of a SubjectPublicKeyInfo). */
  readonly isSignedBy: (publicKey: Uint8Array) => boolean;
}

/** DER of the value of an extension; undefined when the CRL has none of this kind. */
export const extensionOf = ({ extensions }: Pick<CrlReport, 'extensions'>, id: string): Extension | undefined =>
  extensions.find((extension) => extension.id === id);
