import { ordinaryRequest, parseOcspRequest, scanOrdinaryRequest } from '@kakunin/ocsp';
import type { OcspRequest, OrdinaryRequest } from '@kakunin/ocsp';
import type { SignatureAlgorithm } from '@kakunin/x509';

/** A request that was read, in octets of its own: either of the ordinary shape, or as the strict reader found it. */
export type Question = OrdinaryQuestion | ParsedQuestion;

interface OrdinaryQuestion extends AskedQuestion {
  readonly ordinary: OrdinaryRequest;
  readonly parsed?: undefined;
}

interface ParsedQuestion extends AskedQuestion {
  readonly ordinary?: undefined;
  readonly parsed: OcspRequest;
}

interface AskedQuestion {
  /** The whole request. */
  readonly octets: Buffer;
  readonly hasNonce: boolean;
  /** What the answer shall be signed with, if it can; the most wanted first. */
  readonly preferred: readonly SignatureAlgorithm[];
}

const NO_PREFERENCE: readonly SignatureAlgorithm[] = [];

/**
 * @param body may change after the call
 * @returns undefined when it is no request that may be answered: `malformedRequest`
 */
export function readQuestion(body: Uint8Array, maxRequests: number): Question | undefined {
  const octets = Buffer.allocUnsafe(body.length);
  octets.set(body);
  const ordinary = ordinaryRequest();
  if (scanOrdinaryRequest(octets, ordinary))
    return { octets, hasNonce: ordinary.nonceEnd > 0, preferred: NO_PREFERENCE, ordinary };
  const { ok: parsed } = parseOcspRequest(octets, { maxRequests });
  return parsed && { octets, hasNonce: parsed.nonce !== undefined, preferred: parsed.preferredAlgorithms, parsed };
}

/** Whether one answer serves everybody who asks the same: about one certificate, without a nonce, not signed. */
export const isCacheable = ({ hasNonce, parsed }: Question): boolean =>
  !hasNonce && (!parsed || (parsed.requests.length === 1 && !parsed.signature));
