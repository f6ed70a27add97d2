import { jstDateOf } from '@kakunin/calendar';
import { PURPOSES, type UsageEvent } from '@kakunin/usage';
import * as fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MeteringScene, NOW, P, Q, segment } from '../testing/metering-scene.ts';
import { jst, usageEvent } from '../testing/usage-events.ts';
import { FirstCheckRetention } from './first-check-retention.ts';
import { UsageStore } from './usage-store.ts';

let scene: MeteringScene;
beforeAll(async () => {
  scene = await MeteringScene.start();
  // From the tenth on, for OCSP; and a platform provider that resells to sp-r prices its CRL checks so.
  await scene.database.query(
    `INSERT INTO price_revision (issuer, kind, id, recorded_at, customer, channel, valid_from, terms) VALUES
       ('', 'tariff', 'first', '2026-11-01', NULL, 'ocsp', '2026-11-10T00:00:00+09:00', $1),
       ('pf-a', 'tariff', 'resold', '2026-11-01', 'sp-r', 'crl', '2026-11-10T00:00:00+09:00', $1)`,
    [{ price: { kind: 'first_check', per: 'month', unitPrice: '30' }, taxCategory: 'standard' }],
  );
});
afterAll(() => scene.end());
beforeEach(() => scene.empty());

const certificate = (number: number): Uint8Array => new Uint8Array(16).fill(number);
const days = () =>
  scene.rows(
    `SELECT day::text, channel, quantity::int, first_month::int AS month, first_year::int AS year
     FROM usage_day ORDER BY day, channel, outcome`,
  );

describe('first checks', () => {
  it('are counted for what a tariff covers, from the day on that it begins, and for what costs something', async () => {
    const before = jst('2026-11-09T23:59:59.999');
    await scene.count(
      segment(P, 1, [
        usageEvent({ time: before }),
        usageEvent({ time: before + 1 }),
        usageEvent({ time: before + 1 }),
        usageEvent({ time: before + 1, outcome: 'unknown', certificateDigest: certificate(1) }),
        usageEvent({ time: before + 1, channel: 'crl' }),
        usageEvent({ time: before + 1, channel: 'crl', serviceProvider: 'sp-r' }),
      ]),
    );
    expect(await days()).toEqual([
      { day: '2026-11-09', channel: 'ocsp', quantity: 1, month: null, year: null },
      { day: '2026-11-10', channel: 'crl', quantity: 1, month: null, year: null },
      { day: '2026-11-10', channel: 'crl', quantity: 1, month: 1, year: 1 },
      { day: '2026-11-10', channel: 'ocsp', quantity: 2, month: 1, year: 1 },
      { day: '2026-11-10', channel: 'ocsp', quantity: 1, month: null, year: null },
    ]);
  });

  it('begin again with each month and year, and are rated as what is known of every day', async () => {
    const times = ['2026-11-30', '2026-12-31', '2027-01-01'].map((day) => jst(`${day}T12:00:00`));
    for (const [index, time] of times.entries()) {
      await scene.stores[0].count([segment(P, index + 1, [usageEvent({ time }), usageEvent({ time })])], time);
    }
    const counted = (await days()).map(({ month, year }) => [month, year]);
    expect(counted).toEqual([
      [1, 1],
      [1, 0],
      [1, 1],
    ]);
    const usage = new UsageStore(scene.database);
    const november = { spans: [jst('2026-11-01T00:00:00')], end: jst('2026-12-01T00:00:00') };
    expect((await usage.sums(november)).counts).toMatchObject([{ quantity: 2n, firstChecks: { month: 1n, year: 1n } }]);
    await scene.count(segment(Q, 1, [usageEvent({ time: jst('2026-11-09T12:00:00') })]));
    expect((await usage.sums(november)).counts[0]).not.toHaveProperty('firstChecks');
  });

  it('are as many as there are certificates, in whatever order and by whichever meter they are counted', async () => {
    const event = fc.record({
      time: fc.integer({ min: jst('2026-11-10T00:00:00'), max: NOW }),
      certificateDigest: fc.nat({ max: 5 }).map(certificate),
      serviceProvider: fc.constantFrom('', 'sp-a'),
      purpose: fc.constantFrom(...PURPOSES),
    });
    const contents = fc.array(fc.array(event.map(usageEvent), { maxLength: 12 }), { minLength: 2, maxLength: 6 });
    const keyOf = ({ serviceProvider, certificateDigest }: UsageEvent) => `${serviceProvider} ${certificateDigest[0]}`;
    await fc.assert(
      fc.asyncProperty(contents, fc.boolean(), async (given, isReversed) => {
        await scene.empty();
        const segments = given.map((events, index) => segment(index % 2 ? P : Q, index + 1, events));
        const ordered = isReversed ? segments.toReversed() : segments;
        await Promise.all(ordered.map((one, index) => scene.stores[index % 2]?.count([one], NOW)));
        const [sum] = await scene.rows(
          'SELECT coalesce(sum(first_month), 0)::int AS month, coalesce(sum(first_year), 0)::int AS year FROM usage_day',
        );
        const certificates = new Set(given.flat().map(keyOf)).size;
        expect(sum).toEqual({ month: certificates, year: certificates });
      }),
      { numRuns: 15 },
    );
  });

  it('are forgotten when nobody can object any more', async () => {
    const register = () => scene.rows('SELECT DISTINCT period FROM first_check ORDER BY 1');
    const retention = new FirstCheckRetention({ database: scene.database, clock: { now: () => NOW }, days: 180 });
    await scene.count(segment(P, 1));
    const end = jst('2026-12-01T00:00:00') + 180 * 86_400_000;
    expect(jstDateOf(end)).toBe('2027-05-30');
    await retention.forget(end - 1);
    expect(await register()).toEqual([{ period: '2026' }, { period: '2026-11' }]);
    await retention.forget(end);
    expect(await register()).toEqual([{ period: '2026' }]);
    await retention.forget(jst('2027-06-30T00:00:00'));
    expect(await register()).toEqual([]);
  });
});
