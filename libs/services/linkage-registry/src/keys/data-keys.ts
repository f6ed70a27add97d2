import { hkdfSync } from 'node:crypto';
import { KEY_OCTETS } from '@kakunin/linkage';

/** `sealing` keys are rotated; keys of blind indexes never change, as rows are found by them. */
export const KEY_PURPOSES = ['sealing', 'serial_index', 'fingerprint_index', 'holder_index'] as const;
export type KeyPurpose = (typeof KEY_PURPOSES)[number];

/** A data key in memory: 256 bits. */
export interface DataKey {
  readonly dataKeyId: number;
  readonly purpose: KeyPurpose;
  readonly octets: Uint8Array;
  /** Opens what it sealed, and seals no more. */
  readonly retired: boolean;
}

/**
 * The keys of a registry before it had envelopes, derived from its root key (HKDF, RFC 5869): a database that was begun
 * then goes on with them, and rotates the sealing key when it likes.
 */
export function derivedDataKeys(rootKey: Uint8Array): readonly DataKey[] {
  const derive = (use: string): Buffer =>
    Buffer.from(hkdfSync('sha256', rootKey, 'kakunin registry v1', use, KEY_OCTETS));
  return KEY_PURPOSES.map((purpose, place) => {
    return { dataKeyId: place + 1, purpose, octets: derive(purpose.replace('_', ' ')), retired: false };
  });
}

/** Of a new registry. @param random gives that many octets from a cryptographic source */
export const newDataKeys = (random: (octets: number) => Uint8Array): readonly DataKey[] =>
  KEY_PURPOSES.map((purpose, place) => {
    return { dataKeyId: place + 1, purpose, octets: random(KEY_OCTETS), retired: false };
  });
