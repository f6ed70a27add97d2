import { expect, test } from 'vitest';
import { requestDigest } from './request-digest.ts';

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
