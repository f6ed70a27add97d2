import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compressSegment } from './compressed-segment.ts';
import { readSegmentEvent, segmentEvent } from './segment-event.ts';
import { UsageError } from './usage-error.ts';
import { CARRIERS, CERTIFICATE_CLASSES, CHANNELS, OUTCOMES, PURPOSES } from './usage-event.ts';
import type { UsageEvent } from './usage-event.ts';
import { encodeUsageRecords } from './usage-record.ts';
import {
  decodeSegment,
  encodeSegment,
  recoverSegment,
  SEGMENT_HEADER_OCTETS,
  SEGMENT_TRAILER_OCTETS,
} from './usage-segment.ts';
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
const sealedSegment: fc.Arbitrary<Required<UsageSegment>> = fc.record({
  producer: fc.uint8Array({ minLength: 16, maxLength: 16 }).map((octets) => Buffer.from(octets).toString('hex')),
  sequence: fc.bigInt({ min: 1n, max: 2n ** 63n }),
  sealedAt: fc.nat({ max: 2 ** 48 - 1 }),
  events: fc.array(usageEvent, { maxLength: 5 }),
});
const usageSegment = fc.oneof(sealedSegment, sealedSegment.map(firstVersion));

function firstVersion({ producer, sequence, events }: UsageSegment): UsageSegment {
  return { producer, sequence, events };
}

const codeOf = (act: () => unknown): string | undefined => {
  try {
    act();
  } catch (error) {
    return error instanceof UsageError ? error.code : String(error);
  }
  return undefined;
};

describe('a usage segment', () => {
  it('reads back as it was written', () => {
    fc.assert(
      fc.property(usageSegment, (segment) => {
        expect(decodeSegment(encodeSegment(segment))).toEqual(segment);
      }),
    );
  });

  it('torn at any octet, gives back every record that is whole and nothing else', () => {
    fc.assert(
      fc.property(sealedSegment, (segment) => {
        const octets = encodeSegment(segment);
        const ends = segment.events.map(
          (_, index) => SEGMENT_HEADER_OCTETS + encodeUsageRecords(segment.events.slice(0, index + 1)).length,
        );
        for (let length = 0; length < octets.length; length += 1) {
          const torn = octets.subarray(0, length);
          const whole = ends.filter((end) => end <= length);
          expect(recoverSegment(torn)).toEqual(
            length < SEGMENT_HEADER_OCTETS
              ? undefined
              : {
                  segment: { ...firstVersion(segment), events: segment.events.slice(0, whole.length) },
                  wholeOctets: whole.at(-1) ?? SEGMENT_HEADER_OCTETS,
                  isOpen: true,
                },
          );
          expect(codeOf(() => decodeSegment(torn))).toBe('invalid_segment');
        }
        expect(recoverSegment(octets)).toEqual({ segment, wholeOctets: octets.length, isOpen: false });
      }),
      { numRuns: 15 },
    );
  });

  it('of the first version, torn at the end of a record, is whole as far as it can know', () => {
    fc.assert(
      fc.property(sealedSegment.map(firstVersion), (segment) => {
        const octets = encodeSegment(segment);
        const torn = encodeSegment({ ...segment, events: segment.events.slice(0, -1) });
        expect(octets.subarray(0, torn.length)).toEqual(torn);
        expect(recoverSegment(torn)).toMatchObject({ wholeOctets: torn.length, isOpen: false });
      }),
    );
  });

  it('with any octet of its trailer altered, is not sealed', () => {
    fc.assert(
      fc.property(sealedSegment, fc.nat(), fc.integer({ min: 1, max: 255 }), (segment, place, mask) => {
        const octets = encodeSegment(segment);
        octets[octets.length - 1 - (place % SEGMENT_TRAILER_OCTETS)]! ^= mask;
        expect(recoverSegment(octets)).toMatchObject({ segment: firstVersion(segment), isOpen: true });
        expect(codeOf(() => decodeSegment(octets))).toBe('invalid_segment');
      }),
    );
  });

  it('with any octet of a record altered, never gives that record back', () => {
    fc.assert(
      fc.property(usageEvent, fc.nat(), fc.integer({ min: 1, max: 255 }), (event, place, mask) => {
        const octets = encodeSegment({ producer: '0'.repeat(32), sequence: 1n, events: [event] });
        octets[SEGMENT_HEADER_OCTETS + (place % (octets.length - SEGMENT_HEADER_OCTETS))]! ^= mask;
        expect(recoverSegment(octets)?.segment.events).toEqual([]);
      }),
    );
  });

  it('never throws anything else at arbitrary octets', () => {
    fc.assert(
      fc.property(fc.constantFrom('KUS1', 'KUS2'), fc.uint8Array({ maxLength: 200 }), (version, octets) => {
        const noise = Buffer.concat([Buffer.from(version), octets]);
        expect([undefined, 'invalid_segment']).toContain(codeOf(() => decodeSegment(noise)));
      }),
    );
  });
});

describe('a usage event that cannot be recorded', () => {
  const [event] = fc.sample(usageEvent, { seed: 1, numRuns: 1 }) as [UsageEvent];

  it.each<[string, Partial<UsageEvent>]>([
    ['a code of 256 octets', { serviceProvider: 'x'.repeat(256) }],
    ['a short digest', { requestDigest: new Uint8Array(15) }],
    ['a fraction of a millisecond', { time: 0.5 }],
    ['a time before 1970', { time: -1 }],
  ])('is refused: %s', (_, change) => {
    expect(codeOf(() => encodeUsageRecords([{ ...event, ...change }]))).toBe('invalid_event');
  });
});

describe('a segment on its topic', () => {
  const [segment] = fc.sample(usageSegment, { seed: 7, numRuns: 1 }) as [UsageSegment];
  const octets = encodeSegment(segment);
  const event = segmentEvent({ ...segment, count: segment.events.length }, octets);

  it('is held against its headers', () => {
    const { producer, sequence } = segment;
    expect(readSegmentEvent(event)).toMatchObject({ producer, sequence, octets, count: segment.events.length });
    for (const [name, value] of [
      ['sha256', '0'.repeat(64)],
      ['producer', 'f'.repeat(32)],
      ['sequence', '0'],
    ] as const) {
      const headers = { ...event.headers, [name]: value };
      expect(codeOf(() => readSegmentEvent({ ...event, headers }))).toBe('segment_mismatch');
    }
  });

  it('is read as it was sent before segments were compressed', () => {
    const { encoding: _, ...headers } = event.headers;
    expect(readSegmentEvent({ value: octets, headers })).toEqual(readSegmentEvent(event));
  });

  it('is refused when its frame is cut, altered or no frame', () => {
    const altered = Uint8Array.from(event.value, (octet, index) =>
      index === event.value.length - 1 ? octet ^ 1 : octet,
    );
    for (const value of [event.value.subarray(0, -1), altered, octets, new Uint8Array()])
      expect(codeOf(() => readSegmentEvent({ ...event, value }))).toBe('invalid_segment');
  });

  it('is not unpacked when it claims more than any journal seals', () => {
    const value = compressSegment(new Uint8Array(64 * 1024 * 1024 + 1));
    expect(value.length).toBeLessThan(100_000);
    expect(codeOf(() => readSegmentEvent({ ...event, value }))).toBe('invalid_segment');
  });
});
