import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CARRIERS, CERTIFICATE_CLASSES, CHANNELS, OUTCOMES, PURPOSES } from '@kakunin/usage';
import { formatEventId, parseEventId } from './event-id.ts';
import { canonicalUsageLeaf, parseUsageLeaf } from './usage-leaf.ts';
import type { UsageLeaf } from './usage-leaf.ts';
import { PRODUCER } from './testing/usage.ts';

const leaf: UsageLeaf = {
  eventId: `${PRODUCER}/17/3`,
  time: 1_800_000_000_123,
  serviceProvider: 'sp-bank',
  authorityId: 'signature-g1',
  certificateClass: 'user-authentication',
  carrier: 'smartphone',
  channel: 'crl',
  purpose: 'liveness_check',
  outcome: 'revoked',
  certificateDigest: Uint8Array.from({ length: 16 }, (_, index) => 0xf0 + index),
};

/** Ledgers hold leaves of it. */
const GOLDEN =
  '{"authorityId":"signature-g1","carrier":"smartphone","certificateClass":"user-authentication",' +
  '"certificateDigest":"f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff","channel":"crl","eventId":"0123456789abcdef0123456789abcdef/17/3",' +
  '"outcome":"revoked","purpose":"liveness_check","serviceProvider":"sp-bank","time":"2027-01-15T08:00:00.123Z","v":1}';

const code = fc.string({ unit: fc.constantFrom(...'abcz019-_. ~!'), maxLength: 32 });
const anyLeaf: fc.Arbitrary<UsageLeaf> = fc.record({
  eventId: fc
    .record({
      producer: fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 32, maxLength: 32 }),
      sequence: fc.bigInt({ min: 1n, max: 2n ** 63n }),
      index: fc.nat({ max: 999_999_999 }),
    })
    .map(formatEventId),
  time: fc.nat({ max: Date.UTC(9999, 11, 31) }),
  serviceProvider: code,
  authorityId: code,
  certificateClass: fc.constantFrom(...CERTIFICATE_CLASSES),
  carrier: fc.constantFrom(...CARRIERS),
  channel: fc.constantFrom(...CHANNELS),
  purpose: fc.constantFrom(...PURPOSES),
  outcome: fc.constantFrom(...OUTCOMES),
  certificateDigest: fc.uint8Array({ minLength: 16, maxLength: 16 }),
});

describe('a leaf', () => {
  it('is written octet for octet as ever', () => {
    expect(canonicalUsageLeaf(leaf).toString()).toBe(GOLDEN);
  });

  it('reads back as it was written', () => {
    fc.assert(
      fc.property(anyLeaf, (any) => {
        expect(parseUsageLeaf(canonicalUsageLeaf(any))).toEqual({
          ...any,
          certificateDigest: Buffer.from(any.certificateDigest),
        });
      }),
    );
  });

  it('is canonical JSON (RFC 8785): keys in order, nothing to spare', () => {
    fc.assert(
      fc.property(anyLeaf, (any) => {
        const text = canonicalUsageLeaf(any).toString();
        const entries = Object.entries(JSON.parse(text) as object);
        expect(JSON.stringify(Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1))))).toBe(text);
      }),
    );
  });

  it('with any octet altered is another leaf or none', () => {
    fc.assert(
      fc.property(anyLeaf, fc.nat(), fc.integer({ min: 1, max: 255 }), (any, place, mask) => {
        const octets = canonicalUsageLeaf(any);
        octets[place % octets.length]! ^= mask;
        const parsed = parseUsageLeaf(octets);
        if (parsed) expect(canonicalUsageLeaf(parsed)).toEqual(octets);
      }),
    );
  });

  it.each([
    ['a space', GOLDEN.replace(',', ', ')],
    ['a line end', `${GOLDEN}\n`],
    ['another order', GOLDEN.replace('"v":1}', '}').replace('{', '{"v":1,').replace(',}', '}')],
    ['another version', GOLDEN.replace('"v":1', '"v":2')],
    ['one more key', GOLDEN.replace('}', ',"w":1}')],
    ['an escape', GOLDEN.replace('sp-bank', String.raw`sp\u002dbank`)],
    ['a quotation mark', GOLDEN.replace('sp-bank', 'sp"bank')],
    ['other than ASCII', GOLDEN.replace('sp-bank', '銀行')],
    ['a day that does not exist', GOLDEN.replace('2027-01-15', '2027-02-31')],
    ['a time before 1970', GOLDEN.replace('2027', '1969')],
    ['no milliseconds', GOLDEN.replace('.123Z', 'Z')],
    ['an offset', GOLDEN.replace('Z"', '+00:00"')],
    ['capital digits', GOLDEN.replace('f0f1', 'F0F1')],
    ['a code that is none', GOLDEN.replace('smartphone', 'watch')],
    ['a leading zero', GOLDEN.replace('/17/', '/017/')],
    ['a segment without a number', GOLDEN.replace('/17/', '/0/')],
    ['nothing', ''],
  ])('is refused with %s', (_, text) => {
    expect(parseUsageLeaf(Buffer.from(text))).toBeUndefined();
  });

  it.each<[string, Partial<UsageLeaf>]>([
    ['a code that JSON would have to escape', { serviceProvider: 'sp"' }],
    ['a code that is not ASCII', { authorityId: '銀行' }],
    ['a time after 9999', { time: Date.UTC(10_000, 0) }],
    ['a time that is none', { time: Number.NaN }],
    ['a time before 1970', { time: -1 }],
    ['a fraction of a millisecond', { time: 0.5 }],
    ['an outcome that is none', { outcome: 'lost' as 'good' }],
    ['a fraction of a digest', { certificateDigest: new Uint8Array(15) }],
    ['an event id that is none', { eventId: '1/2/3' }],
  ])('is not made of %s', (_, change) => {
    expect(() => canonicalUsageLeaf({ ...leaf, ...change })).toThrow(expect.objectContaining({ code: 'invalid_leaf' }));
  });
});

it('an event id is read only as it is written', () => {
  expect(parseEventId(`${PRODUCER}/1/0`)).toEqual({ producer: PRODUCER, sequence: 1n, index: 0 });
  for (const text of [
    '',
    `${PRODUCER}/1`,
    `${PRODUCER}/1/00`,
    `${PRODUCER}/-1/0`,
    `${PRODUCER}/1/0/`,
    `${PRODUCER.toUpperCase()}/1/0`,
  ])
    expect(parseEventId(text), text).toBeUndefined();
});
