import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { ConfigError } from '@kakunin/runtime';
import {
  ed25519NoteSigner,
  ed25519NoteVerifier,
  formatVerifierKey,
  type NoteSigner,
  type NoteVerifier,
} from '@kakunin/usage-ledger';

/**
 * The keys of all ledgers. Each ledger has them under its own name, so that no checkpoint passes for another ledger's.
 * While keys change, the new one signs beside the old one; then the old one is retired.
 */
export class LedgerKeys {
  readonly #signing: readonly KeyObject[];
  readonly #retired: readonly KeyObject[];

  /** @param retired public keys that signed checkpoints which are still there @throws TypeError for a key that is not Ed25519 */
  constructor(signing: readonly KeyObject[], retired: readonly KeyObject[] = []) {
    if (signing.length === 0) throw new TypeError('There is no key.');
    if ([...signing, ...retired].some(({ asymmetricKeyType }) => asymmetricKeyType !== 'ed25519'))
      throw new TypeError('A key is not Ed25519.');
    this.#signing = signing;
    this.#retired = retired;
  }

  /** @throws LedgerError `invalid_key` when the origin cannot be a key's name */
  signersOf(origin: string): readonly NoteSigner[] {
    return this.#signing.map((key) => ed25519NoteSigner(origin, key));
  }

  retiredOf(origin: string): readonly NoteVerifier[] {
    return this.#retired.map((key) => ed25519NoteVerifier(origin, key));
  }

  /** A line for each key that signs now: what a customer verifies checkpoints with. */
  verifierKeysOf(origin: string): string {
    return this.#signing.map((key) => `${formatVerifierKey(origin, createPublicKey(key))}\n`).join('');
  }
}

const HINT = 'Make one with: openssl genpkey -algorithm ed25519';
const PEM = /-----BEGIN ([A-Z ]+)-----[^-]+-----END \1-----/g;

/**
 * @param files PEM: private keys, one after another, of which each signs; public keys that no longer do
 * @throws ConfigError that says how to make a key
 */
export function readLedgerKeys(files: { readonly signing: string; readonly retired?: string | undefined }): LedgerKeys {
  try {
    const signing = pemsOf(files.signing).map((pem) => createPrivateKey(pem));
    return new LedgerKeys(signing, files.retired === undefined ? [] : pemsOf(files.retired).map(createPublicKey));
  } catch (error) {
    throw new ConfigError('billing-meter', [`KAKUNIN_BILLING_LEDGER_KEY_FILE: ${(error as Error).message} ${HINT}`]);
  }
}

const pemsOf = (file: string): readonly string[] =>
  Array.from(readFileSync(file, 'utf8').matchAll(PEM), ([pem]) => pem);
