import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { ClosingScene } from '../testing/closing-scene.ts';
import { jst, usageEvent } from '../testing/usage-events.ts';
import { MonthClosing } from './month-closing.ts';

let scene: ClosingScene;
beforeAll(async () => void (scene = await ClosingScene.open()));
afterAll(() => scene.close());
afterEach(() => vi.restoreAllMocks());

it('a month that is seen closed is seen with its statements, whenever it was closed', async () => {
  scene.meter.now = jst('2026-11-01T09:00:00');
  await scene.record([usageEvent({ time: jst('2026-10-15T12:00:00') })]);
  const { preview } = MonthClosing.prototype;
  vi.spyOn(MonthClosing.prototype, 'preview').mockImplementationOnce(async function (this: MonthClosing, ...asked) {
    await vi.waitFor(async () => {
      const { rows } = await scene.meter.database.query(`SELECT FROM billing_month WHERE state = 'closed'`);
      if (rows.length === 0) throw new Error('it is not closed yet');
    }, 10_000);
    return preview.apply(this, asked);
  });
  expect(await scene.post('/billing/2026-10/close', {})).toMatchObject({
    state: 'closed',
    statements: [{ customer: 'pf-a', quantity: '1', number: '2026-000001' }],
    totals: { amountDue: '105' },
  });
});
