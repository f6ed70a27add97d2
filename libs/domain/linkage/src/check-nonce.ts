import { createHash } from 'node:crypto';
import { joinParts } from './signed-parts.ts';

export interface CheckedFor {
  /** 32 random octets of the PF provider's, used once. */
  readonly random: Uint8Array;
  /** Codes of who checks, and for whom. */
  readonly platformProvider: string;
  readonly serviceProvider: string;
}

export const CHECK_RANDOM_OCTETS = 32;

/**
 * The nonce (RFC 9654, 32 octets) of an OCSP request whose answer is to stand for a check at the registry: the responder
 * signs it, so the answer was made for this request and says for whom, without the responder knowing of it.
 */
export const checkNonce = ({ random, platformProvider, serviceProvider }: CheckedFor): Uint8Array =>
  createHash('sha256')
    .update(joinParts(['kakunin check v1', random, platformProvider, serviceProvider]))
    .digest();
