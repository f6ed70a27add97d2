/** Internal ids: rows of the registry, never shown. */
export type PersonId = string;
export type CertificateId = string;

interface Asserted {
  /** Of the record; unique in a history. */
  readonly id: string;
  /** From when on it is so, epoch ms, included. */
  readonly effectiveFrom: number;
  /** When it was recorded, epoch ms. */
  readonly recordedAt: number;
}

/** The CA's feed named the holder of a certificate. */
export interface HolderNamed extends Asserted {
  readonly kind: 'holder_named';
  readonly certificate: CertificateId;
  readonly person: PersonId;
}

/** One certificate took the place of another: whoever held the one holds the other. */
export interface CertificateSucceeded extends Asserted {
  readonly kind: 'certificate_succeeded';
  readonly successor: CertificateId;
  readonly predecessor: CertificateId;
}

/** Two persons of the registry are one human being: from now on, all that is of `absorbed` is of `survivor`. */
export interface PersonsMerged extends Asserted {
  readonly kind: 'persons_merged';
  readonly survivor: PersonId;
  readonly absorbed: PersonId;
}

/** Some certificates of a person are another's: they, and what succeeds them, go over to `into`. */
export interface PersonSplit extends Asserted {
  readonly kind: 'person_split';
  readonly person: PersonId;
  readonly into: PersonId;
  readonly certificates: readonly CertificateId[];
}

/** What is asserted of persons and certificates. */
export type Assertion = HolderNamed | CertificateSucceeded | PersonsMerged | PersonSplit;

/** Takes an assertion back: it was never so. What ended, but once was so, is not retracted; a later edge says so. */
export interface Retraction {
  readonly kind: 'retraction';
  readonly id: string;
  readonly retracts: string;
  /** When it was recorded, epoch ms. */
  readonly recordedAt: number;
}

export type PersonRecord = Assertion | Retraction;

/** A place in both times: what was so at `asOf`, by what was recorded until `knownAt` (epoch ms, both included). */
export interface Moment {
  readonly asOf: number;
  readonly knownAt: number;
}
