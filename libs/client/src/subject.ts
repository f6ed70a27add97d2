import { certIdOf, type CertId } from '@kakunin/ocsp';
import { type Certificate, certificateDer, isIssuedBy, parseCertificate, X509Error } from '@kakunin/x509';
import { OcspClientError } from './ocsp-client-error.ts';
import type { Settings } from './settings.ts';
import type { StatusCheck } from './status-check.ts';

/** What is asked about. */
export interface Subject {
  readonly certificate: Certificate;
  readonly authority: Certificate;
  readonly certId: CertId;
}

/**
 * Key generations share one name, and two certificates of them one serial number: asked with the wrong issuer, the answer
 * would be about somebody else's.
 * @throws OcspClientError `invalid_input` | `issuer_differs`
 */
export function subjectOf({ certificate, issuer }: StatusCheck, { hashAlgorithm }: Settings): Subject {
  const [leaf, authority] = [read('certificate', certificate), read('issuer', issuer)];
  if (!isIssuedBy(leaf, authority)) {
    throw new OcspClientError(
      'issuer_differs',
      'The issuer did not sign the certificate: take the authority of the same key generation.',
    );
  }
  return { certificate: leaf, authority, certId: certIdOf(authority, leaf.serialNumber, hashAlgorithm) };
}

function read(name: keyof StatusCheck, input: string | Uint8Array): Certificate {
  try {
    return parseCertificate(certificateDer(typeof input === 'string' ? Buffer.from(input) : input));
  } catch (cause) {
    if (!(cause instanceof X509Error)) throw cause;
    throw new OcspClientError('invalid_input', `\`${name}\` is no X.509 certificate, neither PEM nor DER.`, { cause });
  }
}
