import { contextConstructed, DerError, DerReader } from '@kakunin/der';
import { BlindListClientError } from './blind-list-client-error.ts';

/** What a blind list must know of a certificate (RFC 5280, 4.1). */
export interface CertificateFields {
  /** Epoch ms. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** Octets of the public key's BIT STRING: what issuerKeyHash is taken of. */
  readonly publicKeyBits: Uint8Array;
}

/**
 * Reads no more of a certificate than a blind list needs, and nothing with Node's help; says nothing about whether to trust it.
 * @throws BlindListClientError `malformed_certificate`
 */
export function readCertificateFields(der: Uint8Array): CertificateFields {
  try {
    const whole = DerReader.of(der);
    const fields = readTbs(whole.sequence().sequence());
    whole.finish();
    return fields;
  } catch (cause) {
    if (!(cause instanceof DerError)) throw cause;
    throw new BlindListClientError('malformed_certificate', `The certificate is malformed: ${cause.message}`, {
      cause,
    });
  }
}

function readTbs(tbs: DerReader): CertificateFields {
  if (tbs.peek() === contextConstructed(0)) tbs.element();
  tbs.integer();
  tbs.sequence(); // signature
  tbs.sequence(); // issuer
  const validity = tbs.sequence();
  const [notBefore, notAfter] = [validity.time(), validity.time()];
  tbs.sequence(); // subject
  const publicKey = tbs.sequence();
  publicKey.sequence(); // algorithm
  return { notBefore, notAfter, publicKeyBits: publicKey.bitString() };
}
