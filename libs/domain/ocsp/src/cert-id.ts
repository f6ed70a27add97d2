import { DerError, DerReader, encodeDer, equalOctets, integerOctets, octetString, sequence, TAG } from '@kakunin/der';
import {
  type Certificate,
  type HashAlgorithm,
  hashAlgorithmIdentifier,
  hashAlgorithmOf,
  hashLength,
  issuerHashes,
  type IssuerHashes,
  serialNumberOctets,
} from '@kakunin/x509';

/** What is asked about (RFC 6960, 4.1.1). What a reader returns are views of the message. */
export interface CertId extends IssuerHashes {
  /** undefined: hashed with something unknown here, so that no issuer can match. */
  readonly hashAlgorithm: HashAlgorithm | undefined;
  /** INTEGER content octets. */
  readonly serialNumber: Uint8Array;
  /** The CertID as it was written: an answer echoes it octet for octet. */
  readonly der: Uint8Array;
}

/**
 * The CertID of a certificate that an authority issued.
 * @param serialNumber lower-case hexadecimal, no leading zeros
 * @throws X509Error `invalid_serial_number`
 */
export function certIdOf(
  authority: Certificate,
  serialNumber: string,
  hashAlgorithm: HashAlgorithm = 'sha256',
): CertId {
  const hashes = issuerHashes(authority, hashAlgorithm);
  const octets = serialNumberOctets(serialNumber);
  const der = encodeDer(
    sequence(
      hashAlgorithmIdentifier[hashAlgorithm],
      octetString(hashes.issuerNameHash),
      octetString(hashes.issuerKeyHash),
      integerOctets(octets),
    ),
  );
  return { hashAlgorithm, ...hashes, serialNumber: octets, der };
}

/** Whether both name the same certificate in the same way; parameters of the hash algorithm may differ. */
export const sameCertId = (a: CertId, b: CertId): boolean =>
  a.hashAlgorithm === b.hashAlgorithm &&
  equalOctets(a.issuerNameHash, b.issuerNameHash) &&
  equalOctets(a.issuerKeyHash, b.issuerKeyHash) &&
  equalOctets(a.serialNumber, b.serialNumber);

/** @throws DerError also when a hash has not the length of its algorithm */
export function readCertId(reader: DerReader): CertId {
  const der = reader.element(TAG.sequence);
  const fields = DerReader.of(der).sequence();
  const algorithm = fields.sequence();
  const hashAlgorithm = hashAlgorithmOf(algorithm.content(TAG.objectIdentifier));
  if (!algorithm.done) algorithm.null();
  algorithm.finish();
  const issuerNameHash = fields.octetString();
  const issuerKeyHash = fields.octetString();
  const serialNumber = fields.integer();
  fields.finish();
  const length = hashAlgorithm && hashLength[hashAlgorithm];
  if (length && (issuerNameHash.length !== length || issuerKeyHash.length !== length))
    throw new DerError('A hash in the CertID has the wrong length.');
  return { hashAlgorithm, issuerNameHash, issuerKeyHash, serialNumber, der };
}
