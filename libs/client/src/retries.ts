import { setTimeout as pause } from 'node:timers/promises';
import { aborted } from './aborted.ts';
import { OcspClientError } from './ocsp-client-error.ts';

/** How long a Kakunin responder takes the identical request for the same check, ms (docs/adr/0005). */
const RETRY_WINDOW = 60_000;

/** The first pause, ms; each further one is twice as long. */
const FIRST_PAUSE = 100;

/** How often and how long to try. */
export interface RetryPolicy {
  readonly server: 'kakunin' | 'other';
  readonly retries: number;
  readonly timeoutMs: number;
  readonly tryTimeoutMs: number;
  readonly random: (octets: number) => Uint8Array;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds that only grow. */
  readonly elapsed?: () => number;
}

/**
 * Tries again where a second charge is impossible: at a Kakunin responder, which answers the identical request within its
 * retry window again and counts it once, and wherever nothing was sent. A try that could arrive after the window is not made.
 * @param attempt sends the same octets each time, within the given ms
 * @throws OcspClientError of the last try
 */
export async function withRetries<T>(attempt: (limitMs: number) => Promise<T>, policy: RetryPolicy): Promise<T> {
  const { retries, timeoutMs, tryTimeoutMs, signal, elapsed = () => performance.now() } = policy;
  const start = elapsed();
  for (let tried = 0; ; tried++) {
    try {
      return await attempt(Math.max(1, Math.min(tryTimeoutMs, timeoutMs - (elapsed() - start))));
    } catch (error) {
      const length = pauseBefore(tried, policy.random);
      const next = elapsed() - start + length;
      const inTime = next < timeoutMs && next + tryTimeoutMs < RETRY_WINDOW;
      if (tried >= retries || !inTime || !mayRepeat(error, policy.server)) throw error;
      await pause(length, undefined, { signal }).catch((cause: unknown) => {
        throw aborted(error.sent, cause);
      });
    }
  }
}

/** Between half and the whole of a time that doubles: clients that failed together do not come back together. */
function pauseBefore(tried: number, random: RetryPolicy['random']): number {
  const [chance = 0] = random(1);
  return FIRST_PAUSE * 2 ** tried * (0.5 + chance / 510);
}

function mayRepeat(error: unknown, server: RetryPolicy['server']): error is OcspClientError {
  return error instanceof OcspClientError && isTemporary(error) && (server === 'kakunin' || !error.sent);
}

/** What may be otherwise a moment later. */
function isTemporary({ code, ocspStatus, httpStatus = 0 }: OcspClientError): boolean {
  if (code === 'refused') return ocspStatus === 'tryLater';
  if (code === 'http_error') return httpStatus === 429 || (httpStatus >= 502 && httpStatus <= 504);
  return code === 'unreachable' || code === 'timed_out';
}
