import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DerError } from './der-error.ts';
import { DerReader } from './der-reader.ts';
import { TAG } from './tag.ts';

const readerOf = (hex: string) => DerReader.of(Buffer.from(hex.replaceAll(' ', ''), 'hex'));

describe('refuses', () => {
  test.each([
    ['an indefinite length', '30 80 00 00'],
    ['a length that fits one octet in two', '30 81 01 00'],
    ['a length with a leading zero', `30 82 00 80${' 00'.repeat(128)}`],
    ['a length of five octets', '30 85 00 00 00 00 01 00'],
    ['a length beyond the input', '30 02 00'],
    ['a length that is cut off', '30 82 01'],
    ['a tag alone', '30'],
    ['nothing', ''],
    ['another type', '31 00'],
  ])('%s', (_, hex) => {
    expect(() => readerOf(hex).sequence()).toThrow(DerError);
  });

  test('an element that is longer than the one around it', () => {
    expect(() => readerOf('30 03 04 05 00 00 00 00 00').sequence().octetString()).toThrow(DerError);
  });

  test('a tag of more than one octet', () => {
    expect(() => readerOf('bf 1f 00').element()).toThrow(DerError);
  });

  test.each([
    ['an empty INTEGER', '02 00'],
    ['a padded positive INTEGER', '02 02 00 7f'],
    ['a padded negative INTEGER', '02 02 ff 80'],
  ])('%s', (_, hex) => {
    expect(() => readerOf(hex).integer()).toThrow(DerError);
  });

  test.each([
    ['a negative small INTEGER', '02 01 ff'],
    ['a small INTEGER of five octets', '02 05 01 00 00 00 00'],
  ])('%s', (_, hex) => {
    expect(() => readerOf(hex).smallInteger()).toThrow(DerError);
  });

  test.each([
    ['a BOOLEAN that is neither 00 nor ff', '01 01 01'],
    ['a BOOLEAN of two octets', '01 02 ff ff'],
  ])('%s', (_, hex) => {
    expect(() => readerOf(hex).boolean()).toThrow(DerError);
  });

  test.each([
    ['a BIT STRING without its count', '03 00'],
    ['eight unused bits', '03 02 08 00'],
    ['unused bits of nothing', '03 01 01'],
    ['unused bits that are set', '03 02 01 01'],
  ])('%s', (_, hex) => {
    expect(() => readerOf(hex).namedBits()).toThrow(DerError);
  });

  test('unused bits in a key, a NULL with content, and what is left over', () => {
    expect(() => readerOf('03 02 01 02').bitString()).toThrow(DerError);
    expect(() => readerOf('05 01 00').null()).toThrow(DerError);
    expect(() => readerOf('05 00').finish()).toThrow(DerError);
  });
});

describe('reads', () => {
  test('views, not copies', () => {
    const bytes = Buffer.from('3003020105', 'hex');
    const content = DerReader.of(bytes).sequence().integer();
    expect(content.buffer).toBe(bytes.buffer);
    expect(content).toEqual(Buffer.from([5]));
  });

  test('an OPTIONAL element only when it is there', () => {
    const reader = readerOf('a0 03 02 01 02 05 00');
    expect(reader.enterIf(0xa1)).toBeUndefined();
    expect(reader.enterIf(0xa0)?.smallInteger()).toBe(2);
    reader.null();
    expect(reader.enterIf(TAG.null)).toBeUndefined();
    expect([reader.done, reader.peek()]).toEqual([true, -1]);
    reader.finish();
  });

  test('one element within an EXPLICIT tag, and no second', () => {
    const version = (hex: string) => readerOf(hex).explicit(0, (reader) => reader.smallInteger());
    expect([version('a0 03 02 01 02'), version('a1 03 02 01 02')]).toEqual([2, undefined]);
    expect(() => version('a0 05 02 01 02 05 00')).toThrow(DerError);
  });

  test('lengths in their long forms', () => {
    for (const [size, header] of [
      [0x7f, '047f'],
      [0x80, '048180'],
      [0x100, '04820100'],
      [0x1_0000, '0483010000'],
    ] as const)
      expect(readerOf(header + '00'.repeat(size)).octetString()).toHaveLength(size);
  });
});

test('whatever the octets are: an answer or a DerError', () => {
  const walk = (reader: DerReader): void => {
    while (!reader.done) {
      const constructed = (reader.peek() & 0x20) !== 0;
      if (constructed) walk(reader.enter(reader.peek()));
      else if (reader.peek() === TAG.objectIdentifier) reader.objectIdentifier();
      else if (reader.peek() === TAG.bitString) reader.bitString();
      else if (reader.peek() === TAG.utcTime) reader.time();
      else reader.integer(reader.peek());
    }
  };
  const octet = fc.oneof(fc.constantFrom(0, 1, 2, 3, 5, 6, 0x17, 0x18, 0x30, 0x80, 0x81, 0x82, 0xa0), fc.nat(255));
  fc.assert(
    fc.property(fc.array(octet, { maxLength: 40 }), (octets) => {
      try {
        walk(DerReader.of(Uint8Array.from(octets)));
      } catch (error) {
        expect(error).toBeInstanceOf(DerError);
      }
    }),
    { numRuns: 5000 },
  );
});
