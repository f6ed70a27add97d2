import { expect, it, vi } from 'vitest';
import { Health } from './health.ts';
import { ReadinessLog } from './readiness-log.ts';

it('says once that a service is ready, and why it no longer is', () => {
  const health = new Health();
  const state = { ok: false };
  health.register('topics', () => ({ ...state, detail: 'being read' }));
  health.register('start', () => ({ ok: true, detail: 'done' }));
  const logger = { info: vi.fn() };
  const log = new ReadinessLog(health, logger);
  log.look();
  expect(logger.info).not.toHaveBeenCalled();
  state.ok = true;
  log.look();
  log.look();
  state.ok = false;
  log.look();
  log.look();
  expect(logger.info.mock.calls).toEqual([
    [{ secondsSinceStart: expect.any(Number) }, 'ready'],
    [{ red: ['topics: being read'] }, 'not ready'],
  ]);
});
