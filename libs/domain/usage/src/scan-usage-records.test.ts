import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSegmentFrame, readUsageKind, scanUsageRecords } from './scan-usage-records.ts';
import { UsageError } from './usage-error.ts';
import { CARRIERS, CERTIFICATE_CLASSES, CHANNELS, OUTCOMES, PURPOSES } from './usage-event.ts';
import type { UsageEvent } from './usage-event.ts';
import { decodeSegment, encodeSegment } from './usage-segment.ts';
import type { UsageSegment } from './usage-segment.ts';

const code = fc.string({ unit: 'grapheme', maxLength: 40 });
const digest = fc.uint8Array({ minLength: 16, maxLength: 16 });
const usageEvent: fc.Arbitrary<UsageEvent> = fc.record({
  time: fc.nat({ max: 2 ** 48 - 1 }),
  platformProvider: code,
  serviceProvider: code,
  authorityId: code,
  certificateClass: fc.constantFrom(...CERTIFICATE_CLASSES),
  carrier: fc.constantFrom(...CARRIERS),
  channel: fc.constantFrom(...CHANNELS),
  purpose: fc.constantFrom(...PURPOSES),
  outcome: fc.constantFrom(...OUTCOMES),
  requestDigest: digest,
  certificateDigest: digest,
});
const usageSegment: fc.Arbitrary<UsageSegment> = fc.record(
  {
    producer: fc.uint8Array({ minLength: 16, maxLength: 16 }).map((octets) => Buffer.from(octets).toString('hex')),
    sequence: fc.bigInt({ min: 1n, max: 2n ** 63n }),
    sealedAt: fc.nat({ max: 2 ** 48 - 1 }),
    events: fc.array(usageEvent, { maxLength: 5 }),
  },
  { requiredKeys: ['producer', 'sequence', 'events'] },
);

/** The segment, read by scanning. */
function scanned(octets: Buffer): UsageSegment {
  const { recordsEnd, ...frame } = readSegmentFrame(octets);
  const events: UsageEvent[] = [];
  scanUsageRecords(octets, recordsEnd, (place) => {
    events.push({
      time: octets.readUIntBE(place.time, 6),
      ...readUsageKind(octets, place),
      requestDigest: Uint8Array.from(octets.subarray(place.digests, place.certificateDigest)),
      certificateDigest: Uint8Array.from(octets.subarray(place.certificateDigest, place.end)),
    });
  });
  return { ...frame, events };
}

/** What becomes of octets: a segment, or the code of a refusal. */
function outcomeOf(read: (octets: Buffer) => UsageSegment, octets: Buffer): unknown {
  try {
    return read(octets);
  } catch (error) {
    return error instanceof UsageError ? error.code : error;
  }
}

describe('scanning a segment', () => {
  it('finds what decoding finds', () => {
    fc.assert(
      fc.property(usageSegment, (segment) => {
        expect(scanned(encodeSegment(segment))).toEqual(segment);
      }),
    );
  });

  it('refuses what decoding refuses: altered octets, and a segment that is cut short', () => {
    fc.assert(
      fc.property(usageSegment, fc.nat(), fc.nat({ max: 255 }), (segment, place, mask) => {
        const octets = encodeSegment(segment);
        const at = place % octets.length;
        octets[at]! ^= mask;
        for (const given of [octets, octets.subarray(0, at)]) {
          expect(outcomeOf(scanned, given)).toEqual(outcomeOf(decodeSegment, given));
        }
      }),
    );
  });

  it('refuses noise', () => {
    fc.assert(
      fc.property(fc.constantFrom('KUS1', 'KUS2', ''), fc.uint8Array({ maxLength: 200 }), (version, noise) => {
        const octets = Buffer.concat([Buffer.from(version), noise]);
        expect(outcomeOf(scanned, octets)).toEqual(outcomeOf(decodeSegment, octets));
      }),
    );
  });
});
