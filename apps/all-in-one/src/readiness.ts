import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningService } from '@kakunin/runtime';

const LIMIT_MS = 60_000;
const PAUSE_MS = 20;

/** Waits until `/readyz` of every service is green. @throws Error that names what is red after a minute */
export async function waitUntilReady(services: readonly RunningService[]): Promise<void> {
  const deadline = performance.now() + LIMIT_MS;
  for (;;) {
    const red = services.flatMap(({ name, health }) =>
      health
        .report()
        .checks.filter((check) => !check.ok)
        .map((check) => `  ${name}, ${check.name}: ${check.detail}`),
    );
    if (red.length === 0) return;
    if (performance.now() > deadline) throw new Error(`Not ready after ${LIMIT_MS / 1_000} s:\n${red.join('\n')}`);
    await sleep(PAUSE_MS);
  }
}
