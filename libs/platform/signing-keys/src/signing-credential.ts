import { readFile } from 'node:fs/promises';
import { equalOctets } from '@kakunin/der';
import { certificateDer, parseCertificate, type SigningCredential, X509Error } from '@kakunin/x509';
import { pemSigningKey } from './pem-signing-key.ts';

export interface CredentialFiles {
  /** PEM: PKCS#8, PKCS#1 or SEC1, not encrypted. */
  readonly keyFile: string;
  /** PEM or DER; of several certificates the first. */
  readonly certificateFile: string;
}

/**
 * A key and its certificate from files.
 * @throws X509Error `malformed_pem` | `malformed_certificate` | `unsupported_algorithm` | `key_differs`
 * @throws the file system's error when a file cannot be read
 */
export async function loadSigningCredential({ keyFile, certificateFile }: CredentialFiles): Promise<SigningCredential> {
  const [pem, file] = await Promise.all([readFile(keyFile, 'latin1'), readFile(certificateFile)]);
  const key = pemSigningKey(pem);
  const certificate = certificateDer(file);
  if (!equalOctets(parseCertificate(certificate).publicKey, key.publicKey))
    throw new X509Error('key_differs', 'The certificate is not of this private key: give files that belong together.');
  return { key, certificate };
}
