import { expect, test } from 'vitest';
import { createHash } from 'node:crypto';
import { RequestDigest, requestDigest } from './request-digest.ts';

const identity = {
  platformProvider: 'pf',
  serviceProvider: 'bank',
  purpose: 'signature_verification',
  body: Buffer.from('request'),
  hasNonce: true,
};

test('differs by caller, service provider, purpose and request', () => {
  const digests = [
    identity,
    { ...identity, platformProvider: 'other' },
    { ...identity, serviceProvider: 'other' },
    { ...identity, purpose: 'liveness_check' },
    { ...identity, body: Buffer.from('other') },
  ].map((each) => Buffer.from(requestDigest(each)).toString('hex'));
  expect(new Set(digests).size).toBe(5);
  expect(digests[0]).toHaveLength(32);
});

test('is all zero without a nonce', () => {
  expect(requestDigest({ ...identity, hasNonce: false })).toEqual(new Uint8Array(16));
});

test('is SHA-256 over origin and request, however the lengths of requests change', () => {
  const digests = new RequestDigest(identity);
  for (const length of [100, 0, 3, 5_000, 100]) {
    const body = Buffer.alloc(length, length);
    const whole = createHash('sha256').update('pf\0bank\0signature_verification\0').update(body).digest();
    expect(digests.of(body)).toEqual(whole.subarray(0, 16));
  }
});
