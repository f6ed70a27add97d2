import { OCSP_REFUSALS } from '@kakunin/ocsp';
import { STATUS_OF_REFUSAL } from '../answering/refusal.ts';
import type { RefusalCode } from '../answering/refusal.ts';
import { NOT_CACHED } from './http-caching.ts';
import { OCSP_RESPONSE } from './media-types.ts';

/** When to ask again, seconds, for what passes by itself so soon. */
const RETRY_AFTER: Partial<Record<RefusalCode, number>> = { not_ready: 1, rate_limited: 1, overloaded: 1 };

/** How long a caller over its limit waits for room: until the second has surely passed, timers being a little early or late. */
export const untilNextSecond = (now: number): number => 1_005 - (now % 1_000);

/** DER of the protocol's answer to a refused request. */
export const refusedBody = (code: RefusalCode): Uint8Array => OCSP_REFUSALS[STATUS_OF_REFUSAL[code]];

/** Headers of an HTTP response that refuses a request in the protocol's words. */
export function refusedHeaders(code: RefusalCode): Record<string, string> {
  const seconds = RETRY_AFTER[code];
  return {
    'content-type': OCSP_RESPONSE,
    ...NOT_CACHED,
    'kakunin-error': code,
    ...(seconds !== undefined && { 'retry-after': `${seconds}` }),
  };
}
