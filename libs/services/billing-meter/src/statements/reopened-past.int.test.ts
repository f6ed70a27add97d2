import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { ClosingScene } from '../testing/closing-scene.ts';
import { jst, usageEvent } from '../testing/usage-events.ts';
import { StatementClosing } from './statement-closing.ts';

const NOVEMBER = jst('2026-11-15T12:00:00');
const OCTOBER = jst('2026-10-15T12:00:00');

let scene: ClosingScene;
beforeAll(async () => void (scene = await ClosingScene.open()));
afterAll(() => scene.close());
afterEach(() => vi.restoreAllMocks());

it('bills a check once, though its month is closed after a later one has billed it as late', async () => {
  scene.meter.now = jst('2026-12-01T09:00:00');
  // pf-z is not registered: without its name November stays in closing.
  await scene.record(
    ['pf-a', 'pf-b', 'pf-z'].map((platformProvider) => usageEvent({ time: NOVEMBER, platformProvider })),
  );
  const { close } = StatementClosing.prototype;
  vi.spyOn(StatementClosing.prototype, 'close').mockImplementationOnce(async function (this: StatementClosing, input) {
    await scene.record([usageEvent({ time: OCTOBER, platformProvider: 'pf-b' })]);
    await vi.waitFor(async () => {
      const { rows } = await scene.meter.database.query('SELECT FROM ledger_pending');
      if (rows.length > 0) throw new Error('the ledger is behind');
    });
    return close.call(this, input);
  });
  await scene.post('/billing/2026-11/close', {});
  await expect.poll(() => scene.meter.get('/statements/2026-11/pf-b', 'finance')).toMatchObject({ status: 200 });
  expect(await scene.get('/statements/2026-11/pf-b')).toMatchObject({ totals: { quantity: '2' } });

  // October is asked for first now: it has usage, and nobody ever closed it.
  expect((await scene.view('2026-11')).blockers).toMatchObject([{ reason: 'earlier_month_open', period: '2026-10' }]);
  await scene.closeMonth('2026-10');
  const { rows } = await scene.meter.database.query(
    `SELECT (SELECT sum(chargeable)::text FROM usage_producer_day WHERE platform_provider = 'pf-b') AS counted,
            (SELECT sum(quantity)::text FROM statement_line WHERE customer = 'pf-b' AND kind = 'usage') AS billed`,
  );
  expect(rows).toEqual([{ counted: '2', billed: '2' }]);
});
