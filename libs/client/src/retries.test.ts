import { expect, test } from 'vitest';
import { OcspClientError } from './ocsp-client-error.ts';
import { type RetryPolicy, withRetries } from './retries.ts';

const lost = new OcspClientError('timed_out', '', { sent: true });

/** How many tries are made when each takes `tryMs` of a clock that stands still otherwise, and how long each may take. */
async function limitsOf(tryMs: number, policy: Partial<RetryPolicy>): Promise<readonly number[]> {
  let now = 1_000;
  const limits: number[] = [];
  const attempt = async (limitMs: number): Promise<never> => {
    limits.push(limitMs);
    now += tryMs;
    throw lost;
  };
  const defaults = { server: 'kakunin', retries: 2, timeoutMs: 1e9, tryTimeoutMs: 20_000 } as const;
  const random = () => Uint8Array.of(0);
  await withRetries(attempt, { ...defaults, random, elapsed: () => now, ...policy }).catch(() => {});
  return limits;
}

test('no try is made that could arrive after the retry window of the responder', async () => {
  expect(await limitsOf(10_000, {})).toHaveLength(3);
  expect(await limitsOf(20_000, {})).toHaveLength(2);
  expect(await limitsOf(39_960, {})).toHaveLength(1);
  expect(await limitsOf(39_900, {})).toHaveLength(2);
});

test('a try gets what is left of the whole time', async () => {
  expect(await limitsOf(100, { timeoutMs: 300, tryTimeoutMs: 200 })).toEqual([200, 200]);
  expect(await limitsOf(200, { timeoutMs: 300, tryTimeoutMs: 200 })).toEqual([200, 100]);
});

test('another mistake than a failed exchange is not repeated', async () => {
  let tries = 0;
  const attempt = async (): Promise<never> => {
    tries += 1;
    throw new TypeError('a bug');
  };
  const policy = { server: 'kakunin', retries: 2, timeoutMs: 1_000, tryTimeoutMs: 1_000 } as const;
  await expect(withRetries(attempt, { ...policy, random: () => Uint8Array.of(0) })).rejects.toThrow('a bug');
  expect(tries).toBe(1);
});
