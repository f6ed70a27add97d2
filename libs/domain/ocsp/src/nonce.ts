import {
  DerError,
  DerReader,
  type DerValue,
  encodeDer,
  objectIdentifier,
  octetString,
  octetStringOf,
  sequence,
} from '@kakunin/der';
import type { Extension } from '@kakunin/x509';
import { OCSP } from './object-identifiers.ts';

/** RFC 9654, 2.1: a nonce has 1 to 128 octets. */
export const MAX_NONCE_OCTETS = 128;

/** Its OBJECT IDENTIFIER, encoded. */
export const NONCE = encodeDer(objectIdentifier(OCSP.nonce));

/** The extension that carries a nonce; not critical (RFC 9654, 2.1). */
export const encodeNonce = (nonce: Uint8Array): DerValue => sequence(NONCE, octetStringOf(octetString(nonce)));

/** The nonce among extensions, undefined when there is none. @throws DerError when it is empty, too long or no OCTET STRING */
export function readNonce(extensions: readonly Extension[]): Uint8Array | undefined {
  const extension = extensions.find(({ id }) => id === OCSP.nonce);
  if (!extension) return undefined;
  const reader = DerReader.of(extension.value);
  const nonce = reader.octetString();
  reader.finish();
  if (nonce.length === 0 || nonce.length > MAX_NONCE_OCTETS) throw new DerError('The nonce has not 1 to 128 octets.');
  return nonce;
}
