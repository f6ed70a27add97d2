import { contextPrimitive, DerError, DerReader, equalOctets, TAG } from '@kakunin/der';
import { readExtensions } from './extension.ts';
import { type CertificateExtensions, readCertificateExtensions } from './certificate-extensions.ts';
import { publicKeyBits } from './public-key.ts';
import { serialNumberHex } from './serial-number.ts';
import { X509Error } from './x509-error.ts';

/** An X.509 v3 certificate (RFC 5280, 4.1); octets are views of `der`. */
export interface Certificate extends CertificateExtensions {
  readonly der: Uint8Array;
  /** What the issuer signed. */
  readonly tbs: Uint8Array;
  /** Lower-case hexadecimal, no leading zeros. */
  readonly serialNumber: string;
  /** INTEGER content octets of the same. */
  readonly serialNumberOctets: Uint8Array;
  /** DER of the Names. */
  readonly issuer: Uint8Array;
  readonly subject: Uint8Array;
  /** Epoch ms; both ends belong to the validity (RFC 5280, 4.1.2.5). */
  readonly notBefore: number;
  readonly notAfter: number;
  /** DER of the SubjectPublicKeyInfo. */
  readonly publicKey: Uint8Array;
  /** Octets of its BIT STRING, without the count of unused bits: what keyHash is taken of. */
  readonly publicKeyBits: Uint8Array;
  /** DER of the AlgorithmIdentifier beside the signature. */
  readonly signatureAlgorithm: Uint8Array;
  readonly signature: Uint8Array;
}

const V3 = 2;

/**
 * Reads a certificate; says nothing about whether to trust it.
 * @throws X509Error `malformed_certificate`
 */
export function parseCertificate(der: Uint8Array): Certificate {
  try {
    return readCertificate(der);
  } catch (cause) {
    if (!(cause instanceof DerError)) throw cause;
    throw new X509Error('malformed_certificate', `The certificate is malformed: ${cause.message}`, { cause });
  }
}

function readCertificate(der: Uint8Array): Certificate {
  const whole = DerReader.of(der);
  const fields = whole.sequence();
  whole.finish();
  const tbs = fields.element();
  const signatureAlgorithm = fields.element(TAG.sequence);
  const signature = fields.bitString();
  fields.finish();
  return { der, tbs, signatureAlgorithm, signature, ...readTbs(DerReader.of(tbs).sequence(), signatureAlgorithm) };
}

function readTbs(fields: DerReader, signatureAlgorithm: Uint8Array) {
  const version = fields.explicit(0, (reader) => reader.smallInteger()) ?? 0;
  if (version > V3) throw new DerError('The version is unknown.');
  const serialNumberOctets = fields.integer();
  const serialNumber = serialNumberHex(serialNumberOctets);
  if (serialNumber === undefined) throw new DerError('The serial number is negative or longer than 20 octets.');
  // RFC 5280, 4.1.1.2: the signature covers only this copy of the algorithm.
  if (!equalOctets(fields.element(), signatureAlgorithm)) throw new DerError('The two signature algorithms differ.');
  const issuer = fields.element(TAG.sequence);
  const validity = fields.sequence();
  const [notBefore, notAfter] = [validity.time(), validity.time()];
  const subject = fields.element(TAG.sequence);
  const publicKey = fields.element();
  for (const uniqueId of [1, 2]) if (fields.peek() === contextPrimitive(uniqueId)) fields.element();
  const extensions = readCertificateExtensions(fields.explicit(3, readExtensions) ?? []);
  fields.finish();
  return {
    serialNumber,
    serialNumberOctets,
    issuer,
    subject,
    notBefore,
    notAfter,
    publicKey,
    publicKeyBits: publicKeyBits(publicKey),
    ...extensions,
  };
}
