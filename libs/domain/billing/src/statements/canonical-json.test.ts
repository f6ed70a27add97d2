import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, contentHash } from '../index.ts';

describe('canonicalJson', () => {
  it('is one text for equal values', () => {
    const value = { b: [1n, -2, { z: null, y: true }], a: '料金"', c: undefined };
    expect(canonicalJson(value)).toBe('{"a":"料金\\"","b":["1",-2,{"y":true,"z":null}]}');
  });

  it('orders names by code unit, not by language or code point', () => {
    // The example of RFC 8785, section 3.2.3.
    const names = { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\ud83d\ude00': 5, '\u0080': 6, '\u00f6': 7 };
    expect(canonicalJson(names).match(/:\d/g)?.join('')).toBe(':2:4:6:7:1:5:3');
  });

  it.each([[1.5], [Number.NaN], [Number.POSITIVE_INFINITY], [2 ** 53], [() => 1], [[undefined]]])(
    'refuses what a document cannot hold (%#)',
    (value) => {
      expect(() => canonicalJson(value)).toThrow(TypeError);
    },
  );

  it('has the hash of what it is read back as', () => {
    const integers = fc.oneof(fc.maxSafeInteger(), fc.string(), fc.boolean(), fc.constant(null));
    fc.assert(
      fc.property(fc.object({ values: [integers], withBigInt: false }), (value) => {
        expect(contentHash(JSON.parse(canonicalJson(value)))).toBe(contentHash(value));
      }),
    );
    // printf '{"quantity":"3"}' | sha256sum
    expect(contentHash({ quantity: 3n })).toBe('fbbe5b6339bbc717a261b2869d884ef4f43a0b8e0be12492ac12de130cbb13a6');
  });
});
