import { X509Certificate } from 'node:crypto';

const BYTE_SEQUENCE = /^:([A-Za-z0-9+/]+={0,2}):$/;
const PEM = /^-----BEGIN CERTIFICATE-----\s[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----\s*$/;

/**
 * The client certificate that a trusted proxy passes on in `Client-Cert`: as RFC 9440 says, `:base64 of the DER:`, or as
 * nginx gives it in `$ssl_client_escaped_cert`, PEM percent-encoded.
 * @returns SHA-256 of the certificate, lower-case hex; undefined when this is no certificate
 */
export function fingerprintInHeader(value: string): string | undefined {
  const octets = octetsIn(value);
  if (!octets) return undefined;
  try {
    return new X509Certificate(octets).fingerprint256.replaceAll(':', '').toLowerCase();
  } catch {
    return undefined;
  }
}

function octetsIn(value: string): Buffer | string | undefined {
  const base64 = BYTE_SEQUENCE.exec(value)?.[1];
  if (base64 !== undefined) return Buffer.from(base64, 'base64');
  try {
    const text = decodeURIComponent(value);
    return PEM.test(text) ? text : undefined;
  } catch {
    return undefined;
  }
}
