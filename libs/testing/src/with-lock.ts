import { mkdirSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Does what takes long (a download, a build) under a lock between processes, so that tests that start at once wait for
 * each other. A folder is the lock, since making it fails when it is there; one that is left over is taken after the limit.
 */
export async function withLock(path: string, limitMilliseconds: number, work: () => Promise<void>): Promise<void> {
  const deadline = Date.now() + limitMilliseconds;
  while (!take(path) && Date.now() < deadline) await sleep(200);
  try {
    await work();
  } finally {
    rmSync(path, { recursive: true, force: true });
  }
}

function take(path: string): boolean {
  try {
    mkdirSync(path);
    return true;
  } catch {
    return false;
  }
}
