import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { equalOctets } from '@kakunin/der';
import { certificateDer, parseCertificate, X509Error } from '@kakunin/x509';
import type { Certificate, SigningCredential, SigningKey } from '@kakunin/x509';
import { pemSigningKey } from './pem-signing-key.ts';

/** A key and its certificate from a folder; they fit. A renewed pair is another object. */
export interface SigningPair {
  /** Below the name's folder; empty: the files lie in that folder itself. */
  readonly folder: string;
  readonly credential: SigningCredential;
  /** Of the same, read. */
  readonly certificate: Certificate;
}

const KEY_FILE = 'key.pem';
const CERTIFICATE_FILE = 'certificate.pem';

/**
 * Which files a folder's pair would be made of: another text when one was replaced, which has another inode, or
 * rewritten, which has another time.
 * @returns undefined when the folder holds none of them
 */
export async function pairVersion(path: string): Promise<string | undefined> {
  const files = await Promise.all([KEY_FILE, CERTIFICATE_FILE].map((file) => fileVersion(join(path, file))));
  return files.some((version) => version !== undefined) ? files.join(' ') : undefined;
}

/** @returns undefined when there is no such file */
export async function fileVersion(file: string): Promise<string | undefined> {
  try {
    const { ino, mtimeMs, size } = await stat(file);
    return `${ino}:${mtimeMs}:${size}`;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/**
 * @throws X509Error `malformed_pem` | `malformed_certificate` | `unsupported_algorithm` | `key_differs`
 * @throws the file system's error when a file cannot be read
 */
export async function loadPair(path: string): Promise<Omit<SigningPair, 'folder'>> {
  const file = certificateDer(await readFile(join(path, CERTIFICATE_FILE)));
  const certificate = parseCertificate(file);
  const key: SigningKey = pemSigningKey(await readFile(join(path, KEY_FILE), 'latin1'));
  if (!equalOctets(certificate.publicKey, key.publicKey))
    throw new X509Error('key_differs', 'The certificate is not of this private key: give files that belong together.');
  return { credential: { key, certificate: certificate.der }, certificate };
}

/** What is wrong with a folder's files, for the one who mends them. */
export function problemOf(error: unknown, path: string): string {
  if (isMissing(error)) return `${path} must hold ${KEY_FILE} and ${CERTIFICATE_FILE}.`;
  return error instanceof Error ? error.message : String(error);
}

export const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT';
