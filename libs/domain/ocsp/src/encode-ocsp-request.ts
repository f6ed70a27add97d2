import { constructed, contextConstructed, encodeDer, sequence } from '@kakunin/der';
import type { CertId } from './cert-id.ts';
import { encodeNonce } from './nonce.ts';

/**
 * DER of an unsigned OCSPRequest (RFC 6960, 4.1.1).
 * @param asked.nonce 1 to 128 octets, of chance (RFC 9654 recommends 32)
 */
export function encodeOcspRequest(asked: {
  readonly certIds: readonly CertId[];
  readonly nonce?: Uint8Array;
}): Uint8Array {
  return encodeDer(
    sequence(
      sequence(
        sequence(...asked.certIds.map(({ der }) => sequence(der))),
        asked.nonce && constructed(contextConstructed(2), [sequence(encodeNonce(asked.nonce))]),
      ),
    ),
  );
}
