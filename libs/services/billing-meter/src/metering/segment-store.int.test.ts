import { CERTIFICATE_CLASSES, OUTCOMES } from '@kakunin/usage';
import * as fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { MeteringScene, NOW, P, Q, type Segment, segment } from '../testing/metering-scene.ts';
import { jst, usageEvent } from '../testing/usage-events.ts';
import { SegmentArchive } from './segment-archive.ts';
import { SegmentStore } from './segment-store.ts';

let scene: MeteringScene;
beforeAll(async () => void (scene = await MeteringScene.start()));
afterAll(() => scene.end());
beforeEach(() => scene.empty());

/** Quantity by class, outcome and minute: enough to see anything counted twice or not at all. */
async function counted(): Promise<Record<string, number>> {
  const { rows } = await scene.database.query<{ key: string; quantity: string }>(
    `SELECT concat_ws(' ', certificate_class, outcome, (extract(epoch FROM minute) * 1000)::bigint) AS key,
            sum(quantity)::text AS quantity
     FROM usage_count GROUP BY 1`,
  );
  return Object.fromEntries(rows.map(({ key, quantity }) => [key, Number(quantity)]));
}

function expected(segments: readonly Segment[]): Record<string, number> {
  const quantities: Record<string, number> = {};
  for (const { certificateClass, outcome, time } of segments.flatMap(({ events }) => events)) {
    const key = `${certificateClass} ${outcome} ${time - (time % 60_000)}`;
    quantities[key] = (quantities[key] ?? 0) + 1;
  }
  return quantities;
}

describe('SegmentStore', () => {
  it('counts a segment once, within a batch and across batches', async () => {
    const [one, two] = [segment(P, 1), segment(P, 2, [usageEvent(), usageEvent({ outcome: 'revoked' })])];
    expect(await scene.count(one, two, one)).toEqual({ segments: 2, duplicates: 1, records: 3 });
    expect(await scene.count(two)).toEqual({ segments: 0, duplicates: 1, records: 0 });
    expect(await counted()).toEqual(expected([one, two]));
  });

  it('counts a segment without records, so that its number is not missing', async () => {
    expect(await scene.count(segment(P, 1, []))).toEqual({ segments: 1, duplicates: 0, records: 0 });
    expect(await counted()).toEqual({});
  });

  it('refuses another segment under the same number, and counts nothing of that batch', async () => {
    await scene.count(segment(P, 1));
    const other = { ...segment(P, 1), sha256: '01'.repeat(32) };
    const refusal = expect.objectContaining({ code: 'segment_conflict' });
    await expect(scene.count(segment(P, 2), other)).rejects.toEqual(refusal);
    await expect(scene.count(segment(Q, 1), { ...segment(Q, 1), sha256: '00'.repeat(32) })).rejects.toEqual(refusal);
    expect(await counted()).toEqual(expected([segment(P, 1)]));
  });

  it('refuses a segment that bears a time of another day to come, and not one of a clock that is a little ahead', async () => {
    const refusal = { code: 'segment_from_future' };
    await expect(scene.count(segment(P, 1, [usageEvent({ time: NOW + 86_460_000 })]))).rejects.toMatchObject(refusal);
    await expect(scene.count(segment(P, 1, [], NOW + 86_400_001))).rejects.toMatchObject(refusal);
    expect(await scene.rows('SELECT FROM usage_segment')).toEqual([]);
    await scene.count(segment(P, 1, [usageEvent({ time: NOW + 3_600_000 })], NOW + 3_600_000));
  });

  it('refuses a segment whose octets are altered, or that holds another number of records', async () => {
    const whole = segment(P, 1);
    const altered = whole.octets.map((octet, index) => (index === 60 ? octet ^ 1 : octet));
    await expect(scene.count({ ...whole, octets: altered })).rejects.toMatchObject({ code: 'invalid_segment' });
    await expect(scene.count({ ...whole, count: 2 })).rejects.toMatchObject({ code: 'segment_mismatch' });
    expect(await scene.rows('SELECT FROM usage_segment')).toEqual([]);
  });

  it('puts what lies on both sides of midnight in Tokyo into two days, months and years, by producer too', async () => {
    const [before, after] = [jst('2026-10-31T23:59:59.999'), jst('2026-11-01T00:00:00.000')];
    const years = [jst('2025-12-31T23:59:59.999'), jst('2026-01-01T00:00:00.000')];
    const events = [before, after, ...years].map((time) => usageEvent({ time }));
    await scene.count(segment(P, 1, [...events, usageEvent({ time: after, outcome: 'unknown' })]), segment(Q, 1));
    expect(await scene.rows(`SELECT day::text, outcome, quantity::int FROM usage_day ORDER BY 1, 2`)).toEqual([
      { day: '2025-12-31', outcome: 'good', quantity: 1 },
      { day: '2026-01-01', outcome: 'good', quantity: 1 },
      { day: '2026-10-31', outcome: 'good', quantity: 1 },
      { day: '2026-11-01', outcome: 'good', quantity: 1 },
      { day: '2026-11-01', outcome: 'unknown', quantity: 1 },
      { day: '2026-11-15', outcome: 'good', quantity: 1 },
    ]);
    const days = 'SELECT day::text, records::int, chargeable::int FROM usage_producer_day';
    expect(await scene.rows(`${days} WHERE producer = '${P}' AND day = '2026-11-01'`)).toEqual([
      { day: '2026-11-01', records: 2, chargeable: 1 },
    ]);
    expect(await scene.rows(`${days} WHERE producer = '${Q}'`)).toEqual([
      { day: '2026-11-15', records: 1, chargeable: 1 },
    ]);
  });

  it('hands each customer of a segment to its ledger, with the earliest day of its own', async () => {
    const early = jst('2026-10-31T12:00:00');
    await scene.count(
      segment(P, 1, [usageEvent(), usageEvent({ time: early }), usageEvent({ platformProvider: 'pf-b' })]),
      segment(P, 2, []),
    );
    expect(
      await scene.rows('SELECT customer, producer, sequence::int, earliest_day::text FROM ledger_pending ORDER BY 1'),
    ).toEqual([
      { customer: 'pf-a', producer: P, sequence: 1, earliest_day: '2026-10-31' },
      { customer: 'pf-b', producer: P, sequence: 1, earliest_day: '2026-11-15' },
    ]);
  });

  it('counts each segment once while two meters take them repeated and in any order', async () => {
    const { stores } = scene;
    const event = fc.record({
      time: fc.integer({ min: jst('2026-11-15T12:00:00'), max: jst('2026-11-15T12:02:59') }),
      certificateClass: fc.constantFrom(...CERTIFICATE_CLASSES),
      outcome: fc.constantFrom(...OUTCOMES),
    });
    const deliveries = fc
      .array(fc.array(event.map(usageEvent), { maxLength: 5 }), { minLength: 1, maxLength: 8 })
      .map((contents) => contents.map((events, index) => segment(index % 2 ? P : Q, index + 1, events)))
      .chain((segments) => {
        const batch = fc.array(fc.constantFrom(...segments), { minLength: 1, maxLength: 12 });
        return fc.record({ segments: fc.constant(segments), batches: fc.array(batch, { minLength: 2, maxLength: 6 }) });
      });
    await fc.assert(
      fc.asyncProperty(deliveries, async ({ segments, batches }) => {
        await scene.empty();
        await Promise.all([segments, ...batches].map((batch, index) => stores[index % 2]?.count(batch, NOW)));
        expect(await counted()).toEqual(expected(segments));
      }),
      { numRuns: 25 },
    );
  });
});

describe('the archive', () => {
  const LOCATIONS =
    'SELECT object, object_offset::int AS offset, object_length AS length FROM usage_segment ORDER BY producer, sequence';

  it('gives back each segment of a batch as it was recorded', async () => {
    const segments = [segment(P, 1, [usageEvent(), usageEvent()]), segment(P, 2, []), segment(Q, 1)];
    await scene.count(...segments);
    const locations = (await scene.rows(LOCATIONS)) as unknown as { object: string; offset: number; length: number }[];
    for (const [index, location] of locations.entries()) {
      expect(location.object).toMatch(/^usage\/2026\/11\/15\/[0-9a-f]{64}\.zst$/);
      expect(await scene.archive.readOctets(location)).toEqual(Buffer.from(segments[index]?.octets ?? []));
      expect(segments[index]).toMatchObject(await scene.archive.read(location));
    }
    expect(new Set(locations.map(({ object }) => object)).size).toBe(1);
  });

  it('says that an object is missing, or is not what was written', async () => {
    await scene.count(segment(P, 1), segment(P, 2));
    const [first, second] = (await scene.rows(LOCATIONS)) as unknown as [Location, Location];
    type Location = { object: string; offset: number; length: number };
    const refusal = { code: 'archive_damaged' };
    await expect(scene.archive.read({ ...first, length: first.length - 1 })).rejects.toMatchObject(refusal);
    await expect(scene.archive.read({ ...second, offset: second.offset - 1 })).rejects.toMatchObject(refusal);
    await expect(scene.archive.read({ ...first, object: 'usage/none.zst' })).rejects.toMatchObject(refusal);
  });

  it('that is away or full lets nothing be counted; the same batch is counted when it is back', async () => {
    for (const code of ['store_unavailable', 'store_full']) {
      const put = vi.fn(async () => Promise.reject(Object.assign(new Error(code), { code })));
      const broken = new SegmentStore(scene.database, new SegmentArchive({ ...scene.objects, put }));
      await expect(broken.count([segment(P, 1)], NOW)).rejects.toMatchObject({ code });
      expect(await scene.rows('SELECT FROM usage_segment UNION ALL SELECT FROM usage_day')).toEqual([]);
    }
    expect(await scene.count(segment(P, 1))).toMatchObject({ segments: 1, records: 1 });
  });

  it('takes the same batch again after its transaction was rolled back', async () => {
    const { database, stores } = scene;
    const crash = new Error('before the commit');
    const rolledBack = database.transaction(async (client) => {
      await stores[0].countWithin(client, [segment(P, 1)], NOW);
      throw crash;
    });
    await expect(rolledBack).rejects.toBe(crash);
    expect(await scene.rows('SELECT FROM usage_segment')).toEqual([]);
    expect(await scene.count(segment(P, 1))).toMatchObject({ segments: 1, records: 1 });
    expect(await counted()).toEqual(expected([segment(P, 1)]));
  });
});
