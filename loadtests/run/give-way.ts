import { existsSync, readdirSync } from 'node:fs';
import { constants, setPriority } from 'node:os';

/**
 * Lets a process of this machine give way to others, with all threads that it has (Linux; elsewhere nothing is changed).
 * In an installation who makes CRLs and who counts have machines of their own: a check never waits for them.
 */
export function giveWay(pid: number): void {
  const threads = `/proc/${pid}/task`;
  if (!existsSync(threads)) return;
  for (const thread of readdirSync(threads)) setPriority(Number(thread), constants.priority.PRIORITY_BELOW_NORMAL);
}
