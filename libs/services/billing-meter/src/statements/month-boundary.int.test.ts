import type { BillingPeriod } from '@kakunin/calendar';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { ClosingScene } from '../testing/closing-scene.ts';
import { jst, usageEvent } from '../testing/usage-events.ts';

let scene: ClosingScene;
beforeAll(async () => void (scene = await ClosingScene.open()));
afterAll(() => scene.close());
afterEach(() => vi.unstubAllEnvs());

/** Process and database are elsewhere than the months. */
async function moveTo(processZone: string, databaseZone: string): Promise<void> {
  vi.stubEnv('TZ', processZone);
  const { database } = scene.meter;
  const set = `ALTER DATABASE %I SET timezone TO ''${databaseZone}''`;
  await database.query(`DO $$ BEGIN EXECUTE format('${set}', current_database()); END $$`);
  // What is open ends, so that all of it is opened in the new zone.
  await database.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
  );
  await vi.waitFor(async () => void (await scene.get('/tariffs')), { timeout: 5_000 });
}

// New York leaves summer time on the day that November 2026 begins, and London enters it within March 2027; 2028 leaps.
it.each([
  ['2026-10', '2026-10-31', '2026-11-01', 'America/New_York', 'Pacific/Kiritimati'],
  ['2027-03', '2027-03-31', '2027-04-01', 'Pacific/Kiritimati', 'Europe/London'],
  ['2028-02', '2028-02-29', '2028-03-01', 'Pacific/Marquesas', 'America/New_York'],
])('%s ends with %s in Tokyo, and %s is another month, in a process in %s on a database in %s', async (...given) => {
  const [period, last, first, processZone, databaseZone] = given;
  await moveTo(processZone, databaseZone);
  scene.meter.now = jst(`${first}T09:00:00`);
  const times = [`${last}T23:59:59.999`, `${first}T00:00:00.000`, `${first}T00:00:00.001`];
  await scene.record(times.map((time) => usageEvent({ time: jst(time) })));
  const next = first.slice(0, 7) as BillingPeriod;
  for (const open of await openBefore(period)) await scene.closeMonth(open);
  const { statements } = await scene.closeMonth(period);
  expect(statements).toMatchObject([{ customer: 'pf-a', quantity: '1', amountDue: '105' }]);
  expect((await scene.view(next)).statements).toMatchObject([{ state: 'open', quantity: '2', amountDue: '210' }]);
  expect(await scene.get(`/reconciliation/${period}`)).toMatchObject({
    days: [{ day: last, counted: '1' }],
    differences: [],
  });
});

/** The month that the case before left open. */
async function openBefore(period: string): Promise<readonly string[]> {
  const { rows } = await scene.meter.database.query<{ month: string }>(
    `SELECT DISTINCT to_char(day, 'YYYY-MM') AS month FROM usage_producer_day
     WHERE to_char(day, 'YYYY-MM') < $1 AND to_char(day, 'YYYY-MM') NOT IN (SELECT period FROM billing_month) ORDER BY 1`,
    [period],
  );
  return rows.map(({ month }) => month);
}
