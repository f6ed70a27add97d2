import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CARRIERS, CERTIFICATE_CLASSES, CHANNELS, OUTCOMES, PURPOSES } from '@kakunin/usage';
import { formatEventId } from './event-id.ts';
import { recordHashOf } from './receipt.ts';
import { PRODUCER, usageEvent } from './testing/usage.ts';
import { leafSegment, UsageLeafTemplate } from './usage-leaf-template.ts';
import { canonicalUsageLeaf } from './usage-leaf.ts';

const PLAIN = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)).filter(
  (each) => each !== '"' && each !== '\\',
);
const code = fc.string({ unit: fc.constantFrom(...PLAIN), maxLength: 40 });
const kind = fc.record({
  // What looks like other parts of a leaf does not mislead.
  serviceProvider: fc.oneof(code, fc.constant('1970-01-01T00:00:00.000Z'), fc.constant(',channel:')),
  authorityId: fc.oneof(code, fc.constant(`eventId:${'0'.repeat(32)}/1/`)),
  certificateClass: fc.constantFrom(...CERTIFICATE_CLASSES),
  carrier: fc.constantFrom(...CARRIERS),
  channel: fc.constantFrom(...CHANNELS),
  purpose: fc.constantFrom(...PURPOSES),
  outcome: fc.constantFrom(...OUTCOMES),
});
const base = Date.UTC(2026, 11, 31, 14, 59, 59);
const occurrence = fc.record({
  time: fc.oneof(
    fc.nat({ max: Date.UTC(9999, 11, 31) }),
    fc.nat({ max: 5_000 }).map((passed) => base + passed),
  ),
  certificateDigest: fc.uint8Array({ minLength: 16, maxLength: 16 }),
  sequence: fc.oneof(fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }), fc.bigInt({ min: 9n, max: 11n })),
  producer: fc.constantFrom(PRODUCER, 'f'.repeat(32)),
  index: fc.oneof(fc.nat({ max: 12 }), fc.nat({ max: 999_999_999 })),
});

describe('a template of leaves', () => {
  it('hashes each as its canonical form is hashed, whichever came before', () => {
    fc.assert(
      fc.property(kind, fc.array(occurrence, { minLength: 1, maxLength: 8 }), (constant, occurrences) => {
        const template = new UsageLeafTemplate(constant);
        for (const { producer, sequence, index, ...rest } of occurrences) {
          const leaf = { ...constant, ...rest, eventId: formatEventId({ producer, sequence, index }) };
          const segment = leafSegment({ producer, sequence });
          expect(template.recordHash({ ...rest, segment, index })).toBe(recordHashOf(canonicalUsageLeaf(leaf)));
        }
      }),
    );
  });

  it('refuses what has no canonical form, and goes on', () => {
    const constant = usageEvent(1);
    const { certificateDigest } = constant;
    const template = new UsageLeafTemplate(constant);
    const good = { time: 0, certificateDigest, segment: `${PRODUCER}/7/`, index: 3 };
    const before = template.recordHash(good);
    for (const wrong of [
      { time: 0.5 },
      { time: -1 },
      { time: Number.NaN },
      { time: 2 ** 48 },
      { certificateDigest: certificateDigest.subarray(1) },
      { segment: `${PRODUCER}/07/` },
      { segment: '' },
      { index: -1 },
      { index: 0.5 },
      { index: 1_000_000_000 },
    ])
      expect(() => template.recordHash({ ...good, ...wrong })).toThrow(
        expect.objectContaining({ code: 'invalid_leaf' }),
      );
    expect(template.recordHash(good)).toBe(before);
    expect(() => new UsageLeafTemplate({ ...constant, serviceProvider: '銀行' })).toThrow(
      expect.objectContaining({ code: 'invalid_leaf' }),
    );
  });
});
