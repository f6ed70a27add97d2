import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { giveWay } from './give-way.ts';

/** Field 19 of /proc/…/stat, counted behind the name, which may have spaces. */
const nicenessOf = (stat: string): string | undefined => stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16];

it('a process gives way with all its threads', async () => {
  const child = spawn(process.execPath, ['-e', 'console.log("up"); setInterval(() => {}, 1000)']);
  try {
    await once(child.stdout, 'data');
    giveWay(child.pid!);
    const threads = readdirSync(`/proc/${child.pid}/task`);
    expect(threads.length).toBeGreaterThan(1);
    for (const thread of threads) {
      expect(nicenessOf(readFileSync(`/proc/${child.pid}/task/${thread}/stat`, 'utf8'))).toBe('10');
    }
  } finally {
    child.kill();
  }
});
