import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { usageOf, usageWithChildrenOf } from './process-usage.ts';

test('children that ended count, and those that run', async () => {
  const before = usageWithChildrenOf(process.pid)!;
  // Uses about 0.1 s of CPU, which is ten ticks.
  const program = 'const began = process.cpuUsage().user; while (process.cpuUsage().user - began < 100_000);';
  execFileSync(process.execPath, ['-e', program]);
  const ended = usageWithChildrenOf(process.pid)!.cpuSeconds - before.cpuSeconds;
  expect(ended).toBeGreaterThanOrEqual(0.1);

  const child = spawn(process.execPath, ['-e', 'console.log(); process.stdin.resume()']);
  await once(child.stdout, 'data');
  const [own, both] = [usageOf(process.pid)!, usageWithChildrenOf(process.pid)!];
  expect(both.memory).toBeGreaterThan(own.memory);
  // What both have mapped is counted once.
  expect(both.memory).toBeLessThan(own.memory + usageOf(child.pid!)!.memory);
  child.kill();
  await once(child, 'exit');
});

test('a process that is gone used nothing that is known', () => {
  expect(usageOf(2 ** 22 + 1)).toBeUndefined();
  expect(usageWithChildrenOf(2 ** 22 + 1)).toBeUndefined();
});
