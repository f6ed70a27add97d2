import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type RelyingParty } from '@kakunin/relying-parties';
import { ConfigError } from '@kakunin/runtime';

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/**
 * The operator who is there before anybody is registered: whoever holds the key of a certificate in this PEM file.
 * @throws ConfigError when the file cannot be read or holds no certificate
 */
export function operatorOf(file: string): RelyingParty {
  const pems = readPem(file).match(CERTIFICATE) ?? [];
  if (pems.length === 0) throw new ConfigError('callers', [`${file} holds no PEM certificate of an operator.`]);
  return {
    code: 'operator',
    name: 'Operator',
    kind: 'office',
    roles: ['operator', 'certificate_authority', 'finance'],
    credentials: pems.map((pem) => {
      const certificate = new X509Certificate(pem);
      return {
        fingerprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
        notBefore: certificate.validFromDate.getTime(),
        notAfter: certificate.validToDate.getTime(),
      };
    }),
  };
}

function readPem(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigError('callers', [`The operator's certificate cannot be read: ${(error as Error).message}`]);
  }
}
