import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { BlindListError } from './blind-list-error.ts';
import { build, chainOf, fingerprint, HOUR, ISSUER_KEY_HASH, issued, NOON, times, wrong } from './testing/scene.ts';

const first = issued(20_000, 0.1);
const full = build(first);
// 100 are revoked, 10 released from a hold, 500 issued, 40 of these revoked already.
const second = [
  ...first.map(({ fingerprint: octets, revoked }, index) => ({
    fingerprint: octets,
    revoked: index < 110 ? !revoked : revoked,
  })),
  ...issued(20_500, 0.08).slice(20_000),
];
const delta = build(second, 2, { base: chainOf(full) });
const third = second.slice(3_000);
const next = build(third, 3, { base: chainOf(full, delta) });

test('a delta brings a list up to date: revocations, released holds, new certificates', () => {
  expect(wrong(chainOf(full, delta), second)).toEqual([]);
});

test('deltas follow deltas, and certificates may leave', () => {
  expect(wrong(chainOf(full, delta, next), third)).toEqual([]);
  expect(chainOf(full, delta, next).header.number).toBe(3);
});

test('any chain of deltas is as right as a list', () => {
  const status = fc.option(fc.boolean(), { nil: undefined });
  const days = fc.array(fc.array(status, { minLength: 60, maxLength: 60 }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(days, (all) => {
      const files: Uint8Array[] = [];
      for (const [day, states] of all.entries()) {
        const certificates = states.flatMap((revoked, number) =>
          revoked === undefined ? [] : [{ fingerprint: fingerprint(number), revoked }],
        );
        files.push(build(certificates, day + 1, day === 0 ? {} : { base: chainOf(...files) }));
        expect(wrong(chainOf(...files), certificates)).toEqual([]);
      }
    }),
  );
});

test('a delta is a small part of a list', () => {
  expect(delta.length).toBeLessThan(full.length / 4);
});

const refusal = (make: () => unknown): string => {
  try {
    make();
    return 'accepted';
  } catch (error) {
    return `${(error as BlindListError).code}: ${(error as BlindListError).message}`;
  }
};

test('refuses lists that do not follow each other', () => {
  expect(refusal(() => chainOf(delta))).toBe('wrong_base: The first list is a delta.');
  expect(refusal(() => chainOf(full, next))).toBe('wrong_base: Delta 3 does not follow list 1.');
  expect(refusal(() => chainOf(full, full))).toBe('wrong_base: Delta 1 does not follow list 1.');
  const twin = build(first, 1, { salt: new Uint8Array(16) });
  expect(refusal(() => chainOf(twin, delta))).toBe('wrong_base: Delta 2 does not follow list 1.');
});

test.each([
  [{ issuerKeyHash: new Uint8Array(32) }, 'Delta 2 is of another authority.'],
  [{ thisUpdate: NOON, issuedBefore: NOON - HOUR }, 'Delta 2 is older than its base.'],
  [{ issuedBefore: NOON }, 'Delta 2 is older than its base.'],
])('refuses a delta that disagrees with its base', (difference, message) => {
  const stray = build([], 2, { base: chainOf(full), ...difference });
  expect(refusal(() => chainOf(full, stray))).toBe(`wrong_base: ${message}`);
});

const subject = {
  fingerprint: fingerprint(5),
  issuerKeyHash: ISSUER_KEY_HASH,
  notBefore: NOON - 1000 * HOUR,
  notAfter: NOON + 1000 * HOUR,
};
const { thisUpdate, nextUpdate, issuedBefore } = times(1);

test.each([
  ['other_authority', { issuerKeyHash: new Uint8Array(32) }, thisUpdate],
  ['newer', { notBefore: issuedBefore }, thisUpdate],
  ['expired', { notAfter: thisUpdate - 1 }, thisUpdate],
  ['out_of_date', {}, thisUpdate - 1],
  ['out_of_date', {}, nextUpdate],
])('does not guess: %s', (because, difference, now) => {
  expect(chainOf(full).check({ ...subject, ...difference }, now)).toEqual({ status: 'not_covered', because });
});

test.each([
  [{ notBefore: issuedBefore - 1 }, thisUpdate],
  [{ notAfter: thisUpdate }, thisUpdate],
  [{}, nextUpdate - 1],
])('answers up to the ends of what it covers', (difference, now) => {
  for (const { fingerprint: octets, revoked } of first.slice(0, 50)) {
    const answer = chainOf(full).check({ ...subject, ...difference, fingerprint: octets }, now);
    expect(answer).toEqual({ status: revoked ? 'revoked' : 'good' });
  }
});
