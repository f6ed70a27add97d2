import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import { DirectoryObjectStore } from '@kakunin/object-store';
import { Database, migrationsOf } from '@kakunin/postgres';
import { startTestPostgres, type TestPostgres } from '@kakunin/testing';
import { CERTIFICATE_CLASSES, encodeSegment, OUTCOMES, type UsageEvent } from '@kakunin/usage';
import * as fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { jst, usageEvent } from '../testing/usage-events.ts';
import type { CountableSegment } from './countable-segment.ts';
import { ProducerStore } from './producer-store.ts';
import { SegmentArchive } from './segment-archive.ts';
import { SegmentStore } from './segment-store.ts';

const directory = mkdtempSync(join(tmpdir(), 'kakunin-archive-'));
let server: TestPostgres;
let first: Database;
let second: Database;
let archive: SegmentArchive;
beforeAll(async () => {
  server = await startTestPostgres();
  const options = {
    url: await server.createDatabase('metering'),
    migrationsDirectory: migrationsOf('@kakunin/billing-meter'),
  };
  [first, second] = [new Database(options), new Database(options)];
  archive = new SegmentArchive(await DirectoryObjectStore.at(directory));
  await Promise.all([first.whenReady(), second.whenReady()]);
});
afterAll(async () => {
  await Promise.all([first.close(), second.close()]);
  await server.stop();
  rmSync(directory, { recursive: true });
});
const TABLES = 'usage_segment, usage_producer, usage_count, usage_day, usage_producer_day, ledger_pending, first_check';
const empty = () => first.query(`TRUNCATE ${TABLES}`);
beforeEach(empty);
afterEach(empty);

const NOW = jst('2026-11-15T12:00:05');
const [P, Q] = ['0a', '0b'].map((octet) => octet.repeat(16)) as [string, string];

function segment(
  producer: string,
  sequence: number,
  events: readonly UsageEvent[] = [usageEvent()],
  sealedAt = NOW,
): CountableSegment & { readonly events: readonly UsageEvent[] } {
  const about = { producer, sequence: BigInt(sequence), sealedAt };
  const octets = encodeSegment({ ...about, events });
  const sha256 = createHash('sha256').update(octets).digest('hex');
  return { ...about, kind: 'journal', octets, sha256, count: events.length, events };
}

const gaps = async () =>
  (await new ProducerStore(first).progress())
    .filter(({ missingSegments }) => missingSegments > 0n)
    .map(({ producer, missingSegments }) => ({ producer, missing: missingSegments }));

/** Quantity by class, outcome and minute: enough to see anything counted twice or not at all. */
async function counted(): Promise<Record<string, number>> {
  const { rows } = await first.query<{ key: string; quantity: string }>(
    `SELECT concat_ws(' ', certificate_class, outcome, (extract(epoch FROM minute) * 1000)::bigint) AS key,
            sum(quantity)::text AS quantity
     FROM usage_count GROUP BY 1`,
  );
  return Object.fromEntries(rows.map(({ key, quantity }) => [key, Number(quantity)]));
}

function expected(segments: readonly ReturnType<typeof segment>[]): Record<string, number> {
  const quantities: Record<string, number> = {};
  for (const { certificateClass, outcome, time } of segments.flatMap(({ events }) => events)) {
    const key = `${certificateClass} ${outcome} ${time - (time % 60_000)}`;
    quantities[key] = (quantities[key] ?? 0) + 1;
  }
  return quantities;
}

describe('SegmentStore', () => {
  it('counts a segment once, within a batch and across batches', async () => {
    const store = new SegmentStore(first, archive);
    const [one, two] = [segment(P, 1), segment(P, 2, [usageEvent(), usageEvent({ outcome: 'revoked' })])];
    expect(await store.count([one, two, one], NOW)).toEqual({ segments: 2, duplicates: 1, records: 3 });
    expect(await store.count([two], NOW)).toEqual({ segments: 0, duplicates: 1, records: 0 });
    expect(await counted()).toEqual(expected([one, two]));
  });

  it('counts a segment without records, so that its number is not missing', async () => {
    const store = new SegmentStore(first, archive);
    expect(await store.count([segment(P, 1, [])], NOW)).toEqual({ segments: 1, duplicates: 0, records: 0 });
    expect(await counted()).toEqual({});
  });

  it('refuses another segment under the same number, and counts nothing of that batch', async () => {
    const store = new SegmentStore(first, archive);
    await store.count([segment(P, 1)], NOW);
    const other = { ...segment(P, 1), sha256: '01'.repeat(32) };
    const refusal = expect.objectContaining({ code: 'segment_conflict' });
    await expect(store.count([segment(P, 2), other], NOW)).rejects.toEqual(refusal);
    await expect(store.count([segment(Q, 1), { ...segment(Q, 1), sha256: '00'.repeat(32) }], NOW)).rejects.toEqual(
      refusal,
    );
    expect(await counted()).toEqual(expected([segment(P, 1)]));
    expect(await gaps()).toEqual([]);
  });

  it('sees which numbers are missing, until they arrive', async () => {
    const store = new SegmentStore(first, archive);
    await store.count([segment(P, 2), segment(P, 5), segment(Q, 1)], NOW);
    expect(await gaps()).toEqual([{ producer: P, missing: 3n }]);
    await store.count([segment(P, 4), segment(P, 1), segment(P, 3)], NOW);
    expect(await gaps()).toEqual([]);
  });

  it('counts each segment once while two meters take them repeated and in any order', async () => {
    const stores = [new SegmentStore(first, archive), new SegmentStore(second, archive)];
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
        await empty();
        await Promise.all([segments, ...batches].map((batch, index) => stores[index % 2]?.count(batch, NOW)));
        expect(await counted()).toEqual(expected(segments));
      }),
      { numRuns: 25 },
    );
  });
});
