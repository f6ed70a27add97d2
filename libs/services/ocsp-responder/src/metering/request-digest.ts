import { createHash } from 'node:crypto';

const DIGEST_LENGTH = 16;
const NO_DIGEST = new Uint8Array(DIGEST_LENGTH);

/** What makes a request the same request: who calls, for whom, what for, and every octet of it. */
export interface RequestIdentity {
  readonly platformProvider: string;
  readonly serviceProvider: string;
  readonly purpose: string;
  readonly body: Uint8Array;
  /** Without a nonce two equal requests are two checks. */
  readonly hasNonce: boolean;
}

/** First 16 octets of SHA-256 over caller and request; all zero without a nonce. */
export function requestDigest(request: RequestIdentity): Uint8Array {
  if (!request.hasNonce) return NO_DIGEST;
  const { platformProvider, serviceProvider, purpose, body } = request;
  const hash = createHash('sha256').update(`${platformProvider}\0${serviceProvider}\0${purpose}\0`).update(body);
  return hash.digest().subarray(0, DIGEST_LENGTH);
}
