import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { RequestDigest } from './request-digest.ts';

const origin = { platformProvider: 'pf', serviceProvider: 'bank', purpose: 'signature_verification' };
const digestOf = (change: Partial<typeof origin>, request = 'request'): string =>
  Buffer.from(new RequestDigest({ ...origin, ...change }).of(Buffer.from(request))).toString('hex');

test('differs by caller, service provider, purpose and request', () => {
  const digests = [
    digestOf({}),
    digestOf({ platformProvider: 'other' }),
    digestOf({ serviceProvider: 'other' }),
    digestOf({ purpose: 'liveness_check' }),
    digestOf({}, 'other'),
  ];
  expect(new Set(digests).size).toBe(5);
  expect(digests[0]).toHaveLength(32);
});

test('is SHA-256 over origin and request, however the lengths of requests change', () => {
  const digest = new RequestDigest(origin);
  for (const length of [100, 0, 3, 5_000, 100]) {
    const request = Buffer.alloc(length, length);
    const whole = createHash('sha256').update('pf\0bank\0signature_verification\0').update(request).digest();
    expect(digest.of(request)).toEqual(whole.subarray(0, 16));
  }
});
