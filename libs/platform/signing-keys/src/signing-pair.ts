import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { equalOctets } from '@kakunin/der';
import {
  type Certificate,
  certificateDer,
  parseCertificate,
  type SigningCredential,
  type SigningKey,
} from '@kakunin/x509';
import { fileVersion, isMissing } from './file-version.ts';
import { keyDiffers } from './key-algorithm.ts';
import { pemSigningKey } from './pem-signing-key.ts';
import { readPkcs11File } from './pkcs11/pkcs11-file.ts';
import { openPkcs11Key } from './pkcs11/pkcs11-signing-key.ts';
import { SigningKeyError } from './signing-key-error.ts';

/** A key and its certificate from a folder; they fit. A renewed pair is another object. */
export interface SigningPair {
  /** Below the name's folder; empty: the files lie in that folder itself. */
  readonly folder: string;
  readonly credential: SigningCredential;
  /** Of the same, read. */
  readonly certificate: Certificate;
}

/** Versions of a folder's files; undefined for those that are not there. */
export interface PairFiles {
  readonly pem: string | undefined;
  readonly pkcs11: string | undefined;
  readonly certificate: string | undefined;
}

const NAMES = { pem: 'key.pem', pkcs11: 'pkcs11.json', certificate: 'certificate.pem' } as const;

/** @returns undefined when the folder holds none of them */
export async function pairFiles(path: string): Promise<PairFiles | undefined> {
  const versions = [NAMES.pem, NAMES.pkcs11, NAMES.certificate].map((name) => fileVersion(join(path, name)));
  const [pem, pkcs11, certificate] = await Promise.all(versions);
  return (pem ?? pkcs11 ?? certificate) ? { pem, pkcs11, certificate } : undefined;
}

/**
 * The first certificate of `certificate.pem` with its key, from `key.pem` or from the token that `pkcs11.json` names.
 * @throws X509Error `malformed_pem` | `malformed_certificate` | `unsupported_algorithm` | `key_differs`
 * @throws SigningKeyError
 * @throws the file system's error when a file cannot be read
 */
export async function loadPair(path: string, files: PairFiles): Promise<Omit<SigningPair, 'folder'>> {
  const { pem, pkcs11 } = files;
  if (pem && pkcs11) throw new SigningKeyError('malformed_file', `${path} holds key.pem and pkcs11.json: keep one.`);
  const certificate = parseCertificate(certificateDer(await readFile(join(path, NAMES.certificate))));
  const key = await (pkcs11 ? pkcs11Key(path, certificate) : pemKey(path, certificate));
  return { credential: { key, certificate: certificate.der }, certificate };
}

const pkcs11Key = async (path: string, certificate: Certificate): Promise<SigningKey> =>
  openPkcs11Key(await readPkcs11File(join(path, NAMES.pkcs11)), certificate);

async function pemKey(path: string, certificate: Certificate): Promise<SigningKey> {
  const key = pemSigningKey(await readFile(join(path, NAMES.pem), 'latin1'));
  if (!equalOctets(certificate.publicKey, key.publicKey)) throw keyDiffers();
  return key;
}

/** What is wrong with a folder's files, for the one who mends them. */
export function problemOf(error: unknown, path: string): string {
  if (isMissing(error)) return `${path} must hold key.pem and certificate.pem.`;
  return error instanceof Error ? error.message : String(error);
}
