import {
  bitString,
  constructed,
  contextConstructed,
  encodeDer,
  integer,
  integerOctets,
  sequence,
  time,
} from '@kakunin/der';
import { authorityKeyIdentifier, keyIdentifierOf, subjectKeyIdentifier } from './encode-extensions.ts';
import { encodeExtensions, type Extension } from './extension.ts';
import { serialNumberOctets } from './serial-number.ts';
import { signatureAlgorithmIdentifier } from './signature-algorithm.ts';
import type { SigningKey } from './signing-key.ts';

/** What a certificate shall say. */
export interface CertificateTemplate {
  readonly issuer: {
    /** DER of the issuer's subject name. */
    readonly name: Uint8Array;
    readonly key: SigningKey;
  };
  /** DER of the subject's name. */
  readonly subject: Uint8Array;
  /** DER of the subject's SubjectPublicKeyInfo. */
  readonly publicKey: Uint8Array;
  /** Lower-case hexadecimal, no leading zeros. */
  readonly serialNumber: string;
  /** Epoch ms; milliseconds are cut off. */
  readonly validity: { readonly notBefore: number; readonly notAfter: number };
  /** Beside the two key identifiers, which are always there. */
  readonly extensions: readonly Extension[];
}

/**
 * Makes and signs an X.509 v3 certificate (RFC 5280, 4.1). Self-signed when the issuer's key is the subject's.
 * @returns its DER
 * @throws X509Error `invalid_serial_number` | `signer_failed`
 */
export async function issueCertificate(template: CertificateTemplate): Promise<Uint8Array> {
  const { issuer, subject, publicKey, validity } = template;
  const algorithm = signatureAlgorithmIdentifier[issuer.key.algorithm];
  const extensions = encodeExtensions([
    ...template.extensions,
    subjectKeyIdentifier(keyIdentifierOf(publicKey)),
    authorityKeyIdentifier(keyIdentifierOf(issuer.key.publicKey)),
  ]);
  const tbs = encodeDer(
    sequence(
      constructed(contextConstructed(0), [integer(2)]),
      integerOctets(serialNumberOctets(template.serialNumber)),
      algorithm,
      issuer.name,
      sequence(time(validity.notBefore), time(validity.notAfter)),
      subject,
      publicKey,
      constructed(contextConstructed(3), [extensions]),
    ),
  );
  return encodeDer(sequence(tbs, algorithm, bitString(await issuer.key.sign(tbs))));
}
