import { DerError, DerReader, equalOctets, TAG } from '@kakunin/der';
import { type Extension, EXTENSION, readExtensions, readKeyIdentifier } from '@kakunin/x509';
import { CrlError } from './crl-error.ts';
import { readEntry } from './read-entry.ts';
import type { RevokedCertificate } from './revoked-certificate.ts';

/** A CertificateList (RFC 5280, 5.1), not verified; octets are views of the message. */
export interface CertificateList {
  /** DER of the TBSCertList: what the signature covers. */
  readonly tbs: Uint8Array;
  /** DER of the AlgorithmIdentifier beside the signature. */
  readonly signatureAlgorithm: Uint8Array;
  readonly signature: Uint8Array;
  /** DER of the Name. */
  readonly issuer: Uint8Array;
  /** Epoch ms. */
  readonly thisUpdate: number;
  readonly nextUpdate: number | undefined;
  readonly crlNumber: bigint | undefined;
  readonly authorityKeyIdentifier: Uint8Array | undefined;
  readonly extensions: readonly Extension[];
  /** Content octets of `revokedCertificates`: the entries, one SEQUENCE after the other. */
  readonly revokedCertificates: Uint8Array;
  /**
   * The entries in their order, read while they are iterated; each iteration starts anew.
   * Iterating throws CrlError `malformed_crl`.
   */
  readonly entries: Iterable<RevokedCertificate>;
}

const V2 = 1;

/**
 * Reads a CRL of version 2, everything but its entries, which are read when they are iterated.
 * @throws CrlError `malformed_crl`
 */
export function parseCrl(der: Uint8Array): CertificateList {
  return orMalformed(() => readCertificateList(der));
}

function readCertificateList(der: Uint8Array): CertificateList {
  const whole = DerReader.of(der);
  const fields = whole.sequence();
  whole.finish();
  const tbs = fields.element(TAG.sequence);
  const signatureAlgorithm = fields.element(TAG.sequence);
  const signature = fields.bitString();
  fields.finish();
  return { tbs, signatureAlgorithm, signature, ...readTbsCertList(DerReader.of(tbs).sequence(), signatureAlgorithm) };
}

function readTbsCertList(fields: DerReader, signatureAlgorithm: Uint8Array) {
  if (fields.smallInteger() !== V2) throw new DerError('The version is not 2.');
  if (!equalOctets(fields.element(TAG.sequence), signatureAlgorithm))
    throw new DerError('The two signature algorithms differ.');
  const issuer = fields.element(TAG.sequence);
  const thisUpdate = fields.time();
  const nextUpdate = [TAG.utcTime, TAG.generalizedTime].some((tag) => tag === fields.peek())
    ? fields.time()
    : undefined;
  const revokedCertificates = fields.peek() === TAG.sequence ? fields.content(TAG.sequence) : new Uint8Array();
  const extensions = fields.explicit(0, readExtensions) ?? [];
  fields.finish();
  const value = (id: string) => extensions.find((extension) => extension.id === id)?.value;
  const crlNumber = value(EXTENSION.crlNumber);
  const keyIdentifier = value(EXTENSION.authorityKeyIdentifier);
  return {
    issuer,
    thisUpdate,
    nextUpdate,
    crlNumber: crlNumber && DerReader.of(crlNumber).bigInteger(),
    authorityKeyIdentifier: keyIdentifier && readKeyIdentifier(DerReader.of(keyIdentifier)),
    extensions,
    revokedCertificates,
    entries: { [Symbol.iterator]: () => iterateEntries(revokedCertificates) },
  };
}

function* iterateEntries(revokedCertificates: Uint8Array): Generator<RevokedCertificate> {
  const list = DerReader.of(revokedCertificates);
  while (!list.done) yield orMalformed(() => readEntry(list.sequence()));
}

function orMalformed<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof DerError)) throw cause;
    throw new CrlError('malformed_crl', `The CRL is malformed: ${cause.message}`, { cause });
  }
}
