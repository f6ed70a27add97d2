import { createPublicKey, hash, sign, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { LedgerError } from './ledger-error.ts';

/** Verifies what one key signed (C2SP signed-note). */
export interface NoteVerifier {
  readonly name: string;
  /** First 4 octets of SHA-256(name ‖ "\n" ‖ type ‖ public key), as a number: a hint which key it is, not a proof. */
  readonly keyId: number;
  verify(message: Uint8Array, signature: Uint8Array): boolean;
}

export interface NoteSigner extends NoteVerifier {
  sign(message: Uint8Array): Uint8Array;
}

/** Signature type of Ed25519. */
const ED25519 = 0x01;

/** Whether a note can be signed under this name: not empty, no white space, no control character, no `+`. */
export const isKeyName = (name: string): boolean =>
  // oxlint-disable-next-line no-control-regex
  name !== '' && name.isWellFormed() && !/[\p{White_Space}\u0000-\u001f+]/u.test(name);

/** @throws LedgerError `invalid_key` when the name is none or the key is not Ed25519 */
export function ed25519NoteSigner(name: string, privateKey: KeyObject): NoteSigner {
  const verifier = ed25519NoteVerifier(name, createPublicKey(privateKey));
  return { ...verifier, sign: (message) => sign(null, message, privateKey) };
}

/** @throws LedgerError `invalid_key` when the name is none or the key is not Ed25519 */
export function ed25519NoteVerifier(name: string, publicKey: KeyObject): NoteVerifier {
  const keyId = keyIdOf(name, encodedKey(name, publicKey));
  return { name, keyId, verify: (message, signature) => verify(null, message, publicKey, signature) };
}

/** A public key as text, `<name>+<key id>+<base64 of type and key>`: what other tools call a vkey. @throws LedgerError `invalid_key` */
export function formatVerifierKey(name: string, publicKey: KeyObject): string {
  const encoded = encodedKey(name, publicKey);
  return `${name}+${keyIdOf(name, encoded).toString(16).padStart(8, '0')}+${encoded.toString('base64')}`;
}

/** Reads what {@link formatVerifierKey} writes. @throws LedgerError `invalid_key` */
export function parseVerifierKey(text: string): NoteVerifier {
  const [, name, keyId, key] = /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]{44})$/.exec(text) ?? [];
  if (!name || !keyId || !key) throw new LedgerError('invalid_key', 'This is no verifier key: name+keyid+base64.');
  const encoded = Buffer.from(key, 'base64');
  if (encoded[0] !== ED25519) throw new LedgerError('invalid_key', 'The verifier key is not of the type Ed25519.');
  const x = encoded.subarray(1).toString('base64url');
  const verifier = ed25519NoteVerifier(
    name,
    createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' }),
  );
  if (verifier.keyId !== Number.parseInt(keyId, 16))
    throw new LedgerError('invalid_key', 'The verifier key is damaged: its key id is that of another key.');
  return verifier;
}

/** Type and public key (RFC 8032), 33 octets. */
function encodedKey(name: string, publicKey: KeyObject): Buffer {
  if (!isKeyName(name)) throw new LedgerError('invalid_key', 'A key name is not empty and holds no space and no "+".');
  if (publicKey.asymmetricKeyType !== 'ed25519') throw new LedgerError('invalid_key', 'A note is signed with Ed25519.');
  const { x } = publicKey.export({ format: 'jwk' });
  return Buffer.concat([Buffer.of(ED25519), Buffer.from(x!, 'base64url')]);
}

const keyIdOf = (name: string, encoded: Buffer): number =>
  hash('sha256', Buffer.concat([Buffer.from(`${name}\n`), encoded]), 'buffer').readUInt32BE();
