import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BlindListBuilder } from './blind-list-builder.ts';
import type { BlindListError } from './blind-list-error.ts';
import { build, chainOf, fingerprint, issued, type Issued, salt, times, wrong } from './testing/scene.ts';

const codeOf = (call: () => unknown): string | undefined => {
  try {
    call();
    return undefined;
  } catch (error) {
    return (error as BlindListError).code;
  }
};

test.each([0, 0.0005, 0.005, 0.1, 0.25, 0.5, 0.75, 0.9, 1])(
  'is right for each of 20,000 certificates of which a share of %d is revoked',
  (share) => {
    const certificates = issued(20_000, share);
    expect(wrong(chainOf(build(certificates)), certificates)).toEqual([]);
  },
);

test('is right for each of 300,000 certificates in several blocks', () => {
  const certificates = issued(300_000, 0.1);
  const file = build(certificates);
  expect(new DataView(file.buffer).getUint32(4)).toBe(2);
  expect(wrong(chainOf(file), certificates)).toEqual([]);
});

test('is right for any set: random, empty, of one, with equal beginnings or ends', () => {
  const octets = fc.oneof(
    fc.uint8Array({ minLength: 32, maxLength: 32 }),
    fc
      .uint8Array({ minLength: 1, maxLength: 1 })
      .map((end) => Uint8Array.from({ length: 32 }, (_, at) => (at < 31 ? 7 : end[0]!))),
    fc
      .uint8Array({ minLength: 2, maxLength: 2 })
      .map((start) => Uint8Array.from({ length: 32 }, (_, at) => start[at] ?? 0)),
  );
  const certificates = fc.uniqueArray(fc.record({ fingerprint: octets, revoked: fc.boolean() }), {
    selector: (certificate) => Buffer.from(certificate.fingerprint).toString('hex'),
    maxLength: 300,
  });
  const salts = fc.uint8Array({ minLength: 16, maxLength: 16 });
  fc.assert(
    fc.property(certificates, salts, (set: Issued[], someSalt) => {
      expect(wrong(chainOf(build(set, 1, { salt: someSalt })), set)).toEqual([]);
    }),
    { numRuns: 200 },
  );
});

test('fingerprints that share all octets but the last two spread over the blocks like any others', () => {
  const certificates = Array.from({ length: 65_536 }, (_, number) => {
    const octets = new Uint8Array(32);
    octets.set([number >>> 8, number & 255], 30);
    return { fingerprint: octets, revoked: number % 10 === 0 };
  });
  const file = build(certificates, 1, { certificates: 1_000_000 });
  expect(wrong(chainOf(file), certificates)).toEqual([]);
  const blocks = new DataView(file.buffer).getUint32(4);
  const words = Array.from({ length: blocks }, (_, block) => new DataView(file.buffer).getUint32(112 + block * 10 + 6));
  expect(Math.min(...words) / Math.max(...words)).toBeGreaterThan(0.8);
});

test('the same certificates and salt give the same octets, in any order and however often each is given', () => {
  const certificates = issued(3_000, 0.1);
  const file = build(certificates);
  const plan = { certificates: 3_000 };
  expect(build(certificates.toReversed(), 1, plan)).toEqual(file);
  expect(build([...certificates, ...certificates.slice(0, 500)], 1, plan)).toEqual(file);
  expect(build(certificates, 1, { salt: salt('another') })).not.toEqual(file);
});

test('a certificate that is given as revoked and as not revoked stops the building', () => {
  const twice = [true, false].map((revoked) => ({ fingerprint: fingerprint(1), revoked }));
  expect(codeOf(() => build([...issued(100, 0.1), ...twice]))).toBe('conflicting_status');
});

test('a builder builds once, and counts what it was given', () => {
  const builder = new BlindListBuilder({ salt: salt('once'), certificates: 2 });
  for (const number of [1, 2, 2]) builder.add(fingerprint(number), false);
  expect(builder.added).toBe(3);
  expect(codeOf(() => builder.build({ ...times(1), nextUpdate: 0 }))).toBe('invalid_input');
  builder.build(times(1));
  expect(codeOf(() => builder.build(times(1)))).toBe('invalid_input');
  expect(codeOf(() => builder.add(fingerprint(3), true))).toBe('invalid_input');
});

test('takes whole fingerprints and salts only', () => {
  expect(codeOf(() => build([{ fingerprint: new Uint8Array(31), revoked: true }]))).toBe('invalid_input');
  expect(codeOf(() => build([], 1, { salt: new Uint8Array(15) }))).toBe('invalid_input');
  expect(codeOf(() => build([], 1, { certificates: 1e15 }))).toBe('invalid_input');
  expect(codeOf(() => build([], 1, { certificates: Number.NaN }))).toBe('invalid_input');
});

test('of certificates that were never issued it says anything: chance, whatever the share', () => {
  const marked = (share: number): number => {
    const chain = chainOf(build(issued(20_000, share)));
    const others = Array.from({ length: 20_000 }, (_, number) => chain.marks(fingerprint(1_000_000 + number)));
    return others.filter(Boolean).length / others.length;
  };
  expect(marked(0.1)).toBeCloseTo(1 / 16, 1);
  expect(marked(0.5)).toBeCloseTo(1 / 2, 1);
});
