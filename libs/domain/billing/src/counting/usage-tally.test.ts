import { jstDateOf } from '@kakunin/calendar';
import { encodeSegment, type UsageEvent } from '@kakunin/usage';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countByMinute, isChargeable, type TalliedKind, UsageTally } from '../index.ts';
import { jst } from '../testing/prices.ts';
import { digest, event, events } from '../testing/usage.ts';

const [P, Q] = ['0a', '0b'].map((octet) => octet.repeat(16)) as [string, string];
const DAY = 86_400_000;

/** Over the end of a month and of a year in Japan. */
const anyTime = fc.constantFrom(jst('2026-11-30T23:59:59.999'), jst('2026-12-01'), jst('2027-01-01') - 1);
const anyEvents = fc
  .tuple(events, fc.array(fc.tuple(fc.nat(), anyTime)))
  .map(([given, moves]) =>
    moves.reduce(
      (moved, [index, time]) => moved.map((one, at) => (at === index % moved.length ? { ...one, time } : one)),
      given,
    ),
  );
const anySegments = fc.array(fc.record({ producer: fc.constantFrom(P, Q), events: anyEvents }), { maxLength: 5 });

const encode = (producer: string, index: number, given: readonly UsageEvent[]): Buffer =>
  encodeSegment({ producer, sequence: BigInt(index + 1), events: given, ...(index % 2 === 0 && { sealedAt: DAY }) });

/** Sums by a key that is made of everything that was counted by. */
function sums<T>(rows: Iterable<T>, keyOf: (row: T) => readonly unknown[], quantityOf: (row: T) => number | bigint) {
  const found: Record<string, number> = {};
  for (const row of rows) {
    const key = keyOf(row).join(' ');
    found[key] = (found[key] ?? 0) + Number(quantityOf(row));
  }
  return found;
}

const kindKey = (kind: TalliedKind['kind']) => [
  kind.platformProvider,
  kind.serviceProvider,
  kind.authorityId,
  kind.certificateClass,
  kind.carrier,
  kind.channel,
  kind.purpose,
  kind.outcome,
];
const spansOf = <T>(tally: UsageTally, pick: (kind: TalliedKind) => Iterable<T>) =>
  tally.kinds().flatMap((kind) => [...pick(kind)].map((span) => ({ ...kind, span })));

describe('UsageTally', () => {
  it('counts by minute what countByMinute counts, in whatever segments it lies', () => {
    fc.assert(
      fc.property(anySegments, (segments) => {
        const tally = new UsageTally();
        for (const [index, { producer, events: given }] of segments.entries()) {
          expect(tally.add(encode(producer, index, given))).toBe(given.length);
        }
        const all = segments.flatMap((segment) => segment.events);
        const spans = spansOf(tally, ({ minutes }) => minutes);
        expect(
          sums(
            spans,
            ({ kind, span }) => [span.minute, ...kindKey(kind)],
            ({ span }) => span.quantity,
          ),
        ).toEqual(
          sums(
            countByMinute(all),
            (count) => [count.time, ...kindKey(count)],
            ({ quantity }) => quantity,
          ),
        );
        expect(tally.records).toBe(all.length);
        expect(tally.latestMinute).toBe(Math.max(-Infinity, ...all.map(({ time }) => time - (time % 60_000))));
      }),
    );
  });

  it('counts by producer and day in Japan, and knows the earliest day of a customer in a segment', () => {
    fc.assert(
      fc.property(anySegments, (segments) => {
        const tally = new UsageTally();
        for (const [index, { producer, events: given }] of segments.entries())
          tally.add(encode(producer, index, given));
        const recorded = segments.flatMap(({ producer, events: given }) => given.map((one) => ({ producer, ...one })));
        expect(
          sums(
            spansOf(tally, ({ days }) => days),
            ({ kind, span }) => [span.date, ...kindKey(kind)],
            ({ span }) => span.quantity,
          ),
        ).toEqual(
          sums(
            recorded,
            (one) => [jstDateOf(one.time), ...kindKey(one)],
            () => 1,
          ),
        );
        const keyOf = (row: { producer: string; date: string; customer: string }) => [
          row.producer,
          row.date,
          row.customer,
        ];
        const days = recorded.map((one) => ({ ...one, date: jstDateOf(one.time), customer: one.platformProvider }));
        expect(sums(tally.producerDays(), keyOf, ({ records }) => records)).toEqual(sums(days, keyOf, () => 1));
        expect(sums(tally.producerDays(), keyOf, ({ chargeable }) => chargeable)).toEqual(
          sums(days, keyOf, ({ outcome }) => Number(isChargeable(outcome))),
        );
        const expected = segments.flatMap(({ producer, events: given }, index) =>
          [...Map.groupBy(given, ({ platformProvider }) => platformProvider)].map(([customer, own]) => ({
            customer,
            producer,
            sequence: BigInt(index + 1),
            earliestDate: jstDateOf(Math.min(...own.map(({ time }) => time))),
          })),
        );
        expect(tally.customerSegments()).toEqual(expect.arrayContaining(expected));
        expect(tally.customerSegments()).toHaveLength(expected.length);
      }),
    );
  });

  it('collects the certificates of covered usage that costs something, by day', () => {
    fc.assert(
      fc.property(anyEvents, (given) => {
        const tally = new UsageTally(({ channel }, date) => channel === 'ocsp' && date >= '2026-11-15');
        tally.add(encode(P, 0, given));
        const covered = given.filter(
          ({ channel, time, outcome }) =>
            channel === 'ocsp' && jstDateOf(time) >= '2026-11-15' && isChargeable(outcome),
        );
        const keyOf = (date: string, kind: TalliedKind['kind']) => [date, ...kindKey(kind)].join(' ');
        const found = spansOf(tally, ({ days }) => days).flatMap(({ kind, span }) =>
          [...(span.certificates ?? [])].map((certificate) => `${keyOf(span.date, kind)} ${certificate}`),
        );
        const expected = covered.map(
          (one) => `${keyOf(jstDateOf(one.time), one)} ${Buffer.from(one.certificateDigest).toString('latin1')}`,
        );
        expect(new Set(found)).toEqual(new Set(expected));
        expect(found).toHaveLength(new Set(expected).size);
      }),
    );
  });

  it('refuses a segment with any octet altered, or cut short', () => {
    const octets = encode(P, 0, [event(), event({ certificateDigest: digest(3) })]);
    fc.assert(
      fc.property(fc.integer({ min: 28, max: octets.length - 1 }), fc.integer({ min: 1, max: 255 }), (place, mask) => {
        const altered = Buffer.from(octets);
        altered[place]! ^= mask;
        expect(() => new UsageTally().add(altered)).toThrow(expect.objectContaining({ code: 'invalid_segment' }));
        expect(() => new UsageTally().add(octets.subarray(0, place))).toThrow(
          expect.objectContaining({ code: 'invalid_segment' }),
        );
      }),
    );
  });
});
