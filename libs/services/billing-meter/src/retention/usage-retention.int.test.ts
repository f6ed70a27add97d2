import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ClosingScene } from '../testing/closing-scene.ts';
import { jst, usageEvent } from '../testing/usage-events.ts';

let scene: ClosingScene;
beforeAll(async () => {
  scene = await ClosingScene.open();
  scene.meter.now = jst('2026-10-15T09:00:00');
  await scene.record([usageEvent({ time: jst('2026-10-15T00:00:00') })]);
  scene.meter.now = jst('2026-11-01T09:00:00');
  await scene.record([
    usageEvent({ time: jst('2026-10-31T12:00:00') }),
    usageEvent({ time: jst('2026-11-01T00:00:00') }),
  ]);
});
afterAll(() => scene.close());

const remove = async (
  body: object,
  caller = 'finance',
): Promise<{ status: number | undefined; code?: string; detail?: string }> => {
  const answer = await scene.meter.post('/usage-removals', caller, { reason: '保存期間満了', ...body });
  return { ...(JSON.parse(answer.body) as object), status: answer.status };
};
const rows = async (text: string): Promise<unknown> => (await scene.meter.database.query(text)).rows;
const archive = (): string => join(scene.meter.ledgerDirectory('x'), '../../usage');
const objects = (): string[] =>
  existsSync(archive())
    ? readdirSync(archive(), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.zst'))
        .map((name) => name.slice(0, 10))
        .sort()
    : [];

it('is refused while the law, an open month, or a missing segment may need it', async () => {
  expect(await remove({ before: '2026-11' })).toMatchObject({ status: 409, code: 'too_young' });
  scene.meter.now = jst('2038-11-15T09:00:00');
  expect(await remove({ before: '2026-12' })).toMatchObject({ status: 409, code: 'too_young' });
  const open = await remove({ before: '2026-11' });
  expect(open).toMatchObject({ status: 409, code: 'still_needed' });
  expect(open.detail).toContain('2026-10 is not closed');
  scene.meter.now = jst('2026-11-01T10:00:00');
  await scene.closeMonth('2026-10');
  scene.meter.now = jst('2038-11-15T09:00:00');
  for (const [state, restore, why] of [
    [
      `UPDATE usage_producer SET highest_sequence = highest_sequence + 1`,
      `UPDATE usage_producer SET highest_sequence = highest_sequence - 1`,
      'missing',
    ],
    [
      `UPDATE usage_producer_day SET chargeable = 0 WHERE day = '2026-10-15'`,
      `UPDATE usage_producer_day SET chargeable = 1 WHERE day = '2026-10-15'`,
      'came late',
    ],
  ] as const) {
    await scene.meter.database.query(state);
    const refused = await remove({ before: '2026-11' });
    await scene.meter.database.query(restore);
    expect([refused.code, refused.detail]).toEqual(['still_needed', expect.stringContaining(why)]);
  }
  for (const caller of ['operator', 'pf-a']) expect((await remove({ before: '2026-11' }, caller)).status).toBe(403);
  expect(objects()).toEqual(['2026/10/15', '2026/11/01']);
});

it('is shown first, and removes nothing then', async () => {
  const shown = await remove({ before: '2026-11', dryRun: true });
  expect(shown).toEqual({ status: 200, before: '2026-11', objects: 1, segments: 1, minutes: 2, more: false });
  expect(objects()).toHaveLength(2);
  expect(await rows('SELECT count(*)::int AS n FROM usage_count')).toEqual([{ n: 3 }]);
  expect(await rows('SELECT FROM usage_retention')).toEqual([]);
});

it('broken off by the store leaves the rows, and the next call completes it', async () => {
  await scene.meter.database
    .query(`CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'away'; END $$;
    CREATE CONSTRAINT TRIGGER fail AFTER INSERT ON usage_retention DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION fail()`);
  expect((await remove({ before: '2026-11' })).status).toBeGreaterThanOrEqual(500);
  await scene.meter.database.query('DROP TRIGGER fail ON usage_retention');
  expect(await rows('SELECT count(object)::int AS n FROM usage_segment')).toEqual([{ n: 2 }]);
  expect(await remove({ before: '2026-11' })).toMatchObject({ status: 200, objects: 1, segments: 1, minutes: 2 });
});

it('takes raw records and minutes away, and leaves what proves the bill', async () => {
  expect(objects()).toEqual(['2026/11/01']);
  expect(await rows('SELECT count(*)::int AS n FROM usage_count')).toEqual([{ n: 1 }]);
  expect(await rows('SELECT sequence::int, object IS NULL AS gone FROM usage_segment ORDER BY 1')).toEqual([
    { sequence: 1, gone: true },
    { sequence: 2, gone: false },
  ]);
  expect(await scene.get('/reconciliation/2026-10')).toMatchObject({ differences: [], late: [] });
  for (const path of [
    '/reconciliation/2026-10?deep=true',
    '/billing/2026-10/records',
    '/usage?by=hour&from=2026-10-01&to=2026-10-02',
  ])
    expect((await scene.meter.get(path, 'finance')).status, path).toBe(410);
  expect((await scene.meter.get('/usage?by=day&from=2026-10-01&to=2026-11-01', 'finance')).status).toBe(200);
  expect((await scene.meter.get('/billing/2026-11/records', 'finance')).body).toContain('2026-11-01T00:00:00');
  expect(await rows(`SELECT subject FROM audit_entry WHERE action = 'usage.remove'`)).toEqual([
    {
      subject: { before: '2026-11', objects: 1, segments: 1, minutes: 2, more: false, reason: '保存期間満了' },
    },
  ]);
  expect(await remove({ before: '2026-11' })).toMatchObject({ status: 200, objects: 0, minutes: 0, more: false });
});
