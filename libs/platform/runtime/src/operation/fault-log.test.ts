import { expect, it } from 'vitest';
import { faultLog } from './fault-log.ts';
import type { createLogger } from './logger.ts';

it('says each fault once a minute while it lasts, and again when it comes back later', () => {
  const lines: string[] = [];
  const warn = ({ err }: { err: Error }): unknown => lines.push(err.message);
  let now = 0;
  const log = faultLog({
    logger: { warn } as unknown as ReturnType<typeof createLogger>,
    message: 'x',
    clock: { now: () => now },
  });
  for (; now < 61_000; now += 100) {
    log(new Error('refused'));
    if (now < 1_000) log(new Error('terminated'));
  }
  expect(lines).toEqual(['refused', 'terminated', 'refused']);
  now += 600_000;
  log(new Error('terminated'));
  expect(lines).toHaveLength(4);
});
