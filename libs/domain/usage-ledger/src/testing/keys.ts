import { createPrivateKey, createPublicKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { ledgerOrigin } from '../checkpoint.ts';
import { ed25519NoteSigner } from '../note-key.ts';
import type { NoteSigner } from '../note-key.ts';
import { CUSTOMER } from './usage.ts';

export const OPERATOR = 'test';
export const ORIGIN = ledgerOrigin(OPERATOR, CUSTOMER);

/** PKCS #8 of an Ed25519 key (RFC 8410), up to its 32 octets. */
const PKCS8 = '302e020100300506032b657004220420';

/** The same key each time. */
export const ed25519Key = (fill: number): { privateKey: KeyObject; publicKey: KeyObject } => {
  const key = Buffer.concat([Buffer.from(PKCS8, 'hex'), Buffer.alloc(32, fill)]);
  const privateKey = createPrivateKey({ key, format: 'der', type: 'pkcs8' });
  return { privateKey, publicKey: createPublicKey(privateKey) };
};

export const signer = (fill = 1, name = ORIGIN): NoteSigner => ed25519NoteSigner(name, ed25519Key(fill).privateKey);
