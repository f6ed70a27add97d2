import { ObjectIdentifier } from 'asn1js';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { DerError } from './der-error.ts';
import { objectIdentifier } from './der-value.ts';
import { encodeDer } from './encode-der.ts';
import { decodeObjectIdentifier, encodeObjectIdentifier } from './object-identifier.ts';

const dotted = fc
  .tuple(fc.nat(2), fc.nat(39), fc.array(fc.nat(0x7fff_ffff), { maxLength: 10 }))
  .map(([root, second, rest]) => [root, second, ...rest].join('.'));

test('is read back, and is what asn1js writes', () => {
  fc.assert(
    fc.property(dotted, (value) => {
      expect(decodeObjectIdentifier(encodeObjectIdentifier(value))).toBe(value);
      expect(encodeDer(objectIdentifier(value))).toEqual(Buffer.from(new ObjectIdentifier({ value }).toBER()));
    }),
  );
});

test('arcs beyond 47 belong to root 2', () => {
  expect(decodeObjectIdentifier(Uint8Array.of(0x88, 0x37))).toBe('2.999');
  expect(encodeObjectIdentifier('2.999')).toEqual(Uint8Array.of(0x88, 0x37));
});

test.each([
  ['nothing', []],
  ['a cut off arc', [0x2a, 0x86]],
  ['a leading zero group', [0x2a, 0x80, 0x01]],
  ['an arc beyond 2⁵³', [0x2a, ...Array.from({ length: 9 }, () => 0xff), 0x7f]],
])('refuses %s', (_, octets) => {
  expect(() => decodeObjectIdentifier(Uint8Array.from(octets))).toThrow(DerError);
});
