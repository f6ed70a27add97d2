import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { EntryIndex, type PricingScope, sameScope, scopeCovers, scopeWeight, type Tariff } from '../index.ts';
import { jst, tariff, unit } from '../testing/prices.ts';

const DAY = 86_400_000;
const some = <T>(...values: T[]) => fc.option(fc.constantFrom(...values), { nil: undefined });
const named = {
  customer: some('pf-a', 'pf-b'),
  serviceProvider: some('', 'sp-a'),
  channel: some('ocsp' as const, 'crl' as const),
  purpose: some('liveness_check' as const),
  carrier: some('card' as const),
  certificateClass: some('signature' as const),
};
const day = fc.integer({ min: 0, max: 9 }).map((days) => jst('2026-11-01') + days * DAY);
const scope = fc
  .record(named)
  .map((given) => Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as PricingScope);
const entries = fc.array(fc.tuple(scope, day, fc.option(day, { nil: undefined })), { maxLength: 12 }).map((rows) =>
  rows.map(([of, validFrom, end], index): Tariff =>
    tariff(`t${index}`, unit(1n), {
      scope: of,
      validFrom,
      ...(end !== undefined && { validTo: Math.max(end, validFrom + DAY) }),
    }),
  ),
);

const holds = ({ validFrom, validTo = Number.POSITIVE_INFINITY }: Tariff, time: number): boolean =>
  validFrom <= time && time < validTo;

it('finds what looking at all entries finds', () => {
  fc.assert(
    fc.property(entries, scope, day, (given, of, time) => {
      const usage = { ...of, time };
      const index = new EntryIndex(given);
      const overlap = given.some((one, at) =>
        given
          .slice(at + 1)
          .some(
            (other) =>
              sameScope(one.scope, other.scope) && (holds(one, other.validFrom) || holds(other, one.validFrom)),
          ),
      );
      expect(index.findOverlap() !== undefined).toBe(overlap);
      if (overlap) return;
      const [narrowest] = given
        .filter((entry) => holds(entry, usage.time) && scopeCovers(entry.scope, usage))
        .sort((one, other) => scopeWeight(other.scope) - scopeWeight(one.scope));
      expect(index.inForce(usage)).toBe(narrowest);
    }),
    { numRuns: 500 },
  );
});

it('names the two that overlap, the earlier first', () => {
  const [first, second] = [tariff('a', unit(1n)), tariff('b', unit(1n), { validFrom: jst('2026-01-01') })];
  expect(new EntryIndex([second, first]).findOverlap()).toEqual([first, second]);
});
