import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { SigningKeyError } from '../signing-key-error.ts';
import type { KeyReference, TokenReference } from './token-protocol.ts';

const pkcs11File = z
  .strictObject({
    module: z.string().min(1),
    tokenLabel: z.string().min(1).optional(),
    slot: z.int().nonnegative().optional(),
    keyLabel: z.string().min(1).optional(),
    keyId: z
      .string()
      .regex(/^([0-9a-f]{2})+$/i, 'give whole octets in hexadecimal')
      .optional(),
    pinFile: z.string().min(1),
    sessions: z.int().min(1).max(16).default(4),
    timeLimitMs: z.int().min(10).max(60_000).default(5_000),
  })
  .refine(({ tokenLabel, slot }) => (tokenLabel === undefined) !== (slot === undefined), 'give tokenLabel or slot')
  .refine(({ keyLabel, keyId }) => keyLabel !== undefined || keyId !== undefined, 'give keyLabel, keyId or both');

/** A private key in a token, as `pkcs11.json` names it. */
export interface Pkcs11Key {
  readonly token: TokenReference;
  readonly key: KeyReference;
  /** ms that the token may take for a signature. */
  readonly timeLimit: number;
}

/**
 * Reads a `pkcs11.json`; a relative `pinFile` lies beside it.
 * @throws SigningKeyError `malformed_file`
 * @throws the file system's error when the file cannot be read
 */
export async function readPkcs11File(file: string): Promise<Pkcs11Key> {
  const read = pkcs11File.safeParse(parseJson(await readFile(file, 'utf8')));
  if (!read.success) {
    const issues = read.error.issues.map(({ path, message }) =>
      path.length > 0 ? `${path.join('.')}: ${message}` : message,
    );
    throw new SigningKeyError('malformed_file', `${file}: ${issues.join('; ')}.`);
  }
  const { module, tokenLabel, slot, keyLabel, keyId, pinFile, sessions, timeLimitMs } = read.data;
  return {
    token: { module, tokenLabel, slot, pinFile: resolve(dirname(file), pinFile), sessions },
    key: { label: keyLabel, id: keyId },
    timeLimit: timeLimitMs,
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
