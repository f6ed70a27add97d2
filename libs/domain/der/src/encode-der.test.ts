import * as asn1js from 'asn1js';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { DerReader } from './der-reader.ts';
import {
  bitString,
  boolean,
  constructed,
  type DerValue,
  encodedSize,
  enumerated,
  generalizedTime,
  integer,
  nothing,
  octetString,
  sequence,
  text,
} from './der-value.ts';
import { encodeDer } from './encode-der.ts';
import { contextConstructed, TAG } from './tag.ts';

/** The same value, as we and as asn1js write it. */
interface Pair {
  readonly ours: DerValue;
  readonly theirs: asn1js.BaseBlock<asn1js.ValueBlock>;
}

const arrayBufferOf = (octets: Uint8Array): ArrayBuffer => Uint8Array.from(octets).buffer;

const leaf: fc.Arbitrary<Pair> = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).map((octets) => ({
    ours: octetString(octets),
    theirs: new asn1js.OctetString({ valueHex: arrayBufferOf(octets) }),
  })),
  fc.uint8Array({ maxLength: 300 }).map((octets) => ({
    ours: bitString(octets),
    theirs: new asn1js.BitString({ valueHex: arrayBufferOf(octets) }),
  })),
  fc.bigInt({ min: 0n, max: 2n ** 160n }).map((value) => ({
    ours: integer(value),
    theirs: asn1js.Integer.fromBigInt(value),
  })),
  fc.boolean().map((value) => ({ ours: boolean(value), theirs: new asn1js.Boolean({ value }) })),
  fc.nat(127).map((value) => ({ ours: enumerated(value), theirs: new asn1js.Enumerated({ value }) })),
  fc.string({ unit: 'grapheme', maxLength: 80 }).map((value) => ({
    ours: text(TAG.utf8String, value),
    theirs: new asn1js.Utf8String({ value }),
  })),
  fc.integer({ min: 0, max: Date.UTC(2999, 0) / 1000 }).map((second) => ({
    ours: generalizedTime(second * 1000),
    theirs: new asn1js.GeneralizedTime({ valueDate: new Date(second * 1000) }),
  })),
  fc.constant(undefined).map(() => ({ ours: nothing, theirs: new asn1js.Null() })),
);

const tree: fc.Arbitrary<Pair> = fc.letrec<{ tree: Pair }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    leaf,
    fc.array(tie('tree'), { maxLength: 6 }).map((pairs) => ({
      ours: sequence(...pairs.map(({ ours }) => ours)),
      theirs: new asn1js.Sequence({ value: pairs.map(({ theirs }) => theirs) }),
    })),
    tie('tree').map(({ ours, theirs }) => ({
      ours: constructed(contextConstructed(3), [ours]),
      theirs: new asn1js.Constructed({ idBlock: { tagClass: 3, tagNumber: 3 }, value: [theirs] }),
    })),
  ),
})).tree;

test('any tree is written as asn1js writes it, in exactly the octets foretold', () => {
  fc.assert(
    fc.property(tree, ({ ours, theirs }) => {
      const der = encodeDer(ours);
      expect(der.equals(Buffer.from(theirs.toBER()))).toBe(true);
      expect(der.length).toBe(encodedSize(ours));
      expect(asn1js.fromBER(arrayBufferOf(der)).offset).toBe(der.length);
    }),
  );
});

test('an encoded element is copied as it is, an absent one left out', () => {
  const inner = encodeDer(octetString(Buffer.from('kakunin')));
  expect(encodeDer(sequence(inner, undefined))).toEqual(encodeDer(sequence(octetString(Buffer.from('kakunin')))));
});

test('non-negative integers of any size are read back', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 2n ** 200n }), (value) => {
      expect(DerReader.of(encodeDer(integer(value))).bigInteger()).toBe(value);
    }),
  );
});
