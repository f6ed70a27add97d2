import { expect, test } from 'vitest';
import { encodeBlock, filterBitsFor } from './encode-block.ts';
import { entropyBound } from './entropy-bound.ts';
import { build, fingerprint, issued } from './testing/scene.ts';

test('with one in ten revoked, a list is at most 1.12 times as large as the entropy bound', () => {
  const certificates = issued(400_000, 0.1);
  const revoked = certificates.filter((certificate) => certificate.revoked).length;
  expect(build(certificates).length / entropyBound(certificates.length, revoked)).toBeLessThan(1.12);
});

test('no block is far above its bound: filters in which a stretch lets everything pass are not taken', () => {
  const certificates = 2_000;
  // Two unknowns are left free among 224: where things go wrong most often.
  const revoked = 222;
  const sizes = Array.from({ length: 100 }, (_, block) => {
    const keys = new Uint32Array(certificates * 2);
    const octets = new Uint8Array(keys.buffer);
    for (let index = 0; index < certificates; index += 1) {
      octets.set(fingerprint(block * certificates + index).subarray(0, 8), index * 8);
      keys[index * 2] = (keys[index * 2]! & ~1) | Number(index < revoked);
    }
    return encodeBlock(keys).words.length * 4;
  });
  expect(Math.max(...sizes) / entropyBound(certificates, revoked)).toBeLessThan(1.3);
});

test.each([
  [1, 0, 0],
  [8, 4, Math.log2(70) / 8],
  [12, 3, 0.972_669_964],
  [20_000, 2_000, 1_171.647_396],
  [1_000_000, 100_000, 58_623.254_878],
])('the bound for %d certificates, %d of them revoked', (all, revoked, octets) => {
  expect(entropyBound(all, revoked)).toBeCloseTo(octets, 5);
});

test.each([
  [1, 2, 0],
  [1, 4, 1],
  [100, 1_000, 3],
  [1, 1_000, 9],
  [1, 1e12, 30],
])('of %d rare ones among %d, the filter keeps %d bits each', (rare, all, bits) => {
  expect(filterBitsFor(rare, all)).toBe(bits);
});
