import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import { pemSigningKey } from '@kakunin/signing-keys';
import type { SigningKey } from '@kakunin/x509';
import { readOrCreate, SECRET } from './files.ts';

export type KeyType = 'rsa' | 'ec';

const generate = promisify(generateKeyPair);

/** The private key of a PEM file (PKCS #8), made when it is not there yet: RSA-2048 or P-256. */
export async function keyOf(file: string, keyType: KeyType): Promise<SigningKey> {
  return pemSigningKey(await readOrCreate(file, SECRET, () => newKey(keyType)));
}

async function newKey(keyType: KeyType): Promise<string> {
  const { privateKey } =
    keyType === 'rsa'
      ? await generate('rsa', { modulusLength: 2048 })
      : await generate('ec', { namedCurve: 'prime256v1' });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}
