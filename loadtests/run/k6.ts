import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { k6Program } from '@kakunin/testing/k6';
import type { Plan } from '../lib/plan.ts';
import { CampaignError } from './campaign-error.ts';
import { checkListOf } from './check-list.ts';
import type { K6Summary } from './results.ts';

const SCRIPT = join(import.meta.dirname, '../scenarios/main.ts');
/** k6 ends with this when a threshold was not met; ours only tell windows apart. */
const THRESHOLD_MISSED = 99;

/** Several k6 share the machine: each has one core at a time, and collects its garbage a quarter as often as Go does. */
const GO = { GOMAXPROCS: '1', GOGC: '400' };

/** A run of k6 in a process of its own. */
export interface K6Run {
  readonly pid: number;
  /** @throws CampaignError when k6 could not do what it was told */
  readonly done: Promise<K6Summary>;
  stop(): void;
}

/** @param directory of this run's own: plan, checks and summary are written there */
export async function startK6(plan: Plan, directory: string): Promise<K6Run> {
  const files = {
    PLAN: join(directory, `${plan.caller.code}.plan.json`),
    CHECKS: join(directory, `${plan.caller.code}.checks`),
    SUMMARY: join(directory, `${plan.caller.code}.k6.json`),
  };
  writeFileSync(files.PLAN, JSON.stringify(plan), { mode: 0o600 });
  writeFileSync(files.CHECKS, checkListOf(plan));
  const args = ['run', '--quiet', '--no-usage-report', '--log-output=stderr', '--address', '', SCRIPT];
  const child = spawn(await k6Program(), args, {
    env: { ...GO, ...process.env, ...files, K6_NO_USAGE_REPORT: 'true' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const said: string[] = [];
  createInterface(child.stderr).on('line', (line) => {
    if (said.push(line) > 50) said.shift();
  });
  const done = new Promise<K6Summary>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      if (code !== 0 && code !== THRESHOLD_MISSED)
        reject(new CampaignError(`k6 ended with ${code}:\n${said.join('\n')}`));
      else resolve(JSON.parse(readFileSync(files.SUMMARY, 'utf8')) as K6Summary);
    });
  });
  done.catch(() => undefined);
  return { pid: child.pid ?? 0, done, stop: () => child.kill('SIGTERM') };
}
