import { execFileSync, spawn } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { type Benchmark, BenchmarkError, type Row } from '../frame/benchmark.ts';

const LIMIT_MS = 300_000;
const READY = 'is ready.';
/** Any free port for each listener: a system that runs already must not be in the way. */
const LISTENERS = ['REGISTRY_API', 'OCSP_MTLS', 'OCSP_PLAIN', 'CRL_PUBLIC', 'BILLING_API', 'BILLING_STATUS'];
const MANAGEMENT = ['REGISTRY', 'OCSP', 'CRL', 'BILLING'].map((service) => `${service}_MANAGEMENT`);
const FREE_PORTS = Object.fromEntries([...LISTENERS, ...MANAGEMENT].map((name) => [`KAKUNIN_${name}_PORT`, '0']));

/** `npm start` in a fresh clone whose packages npm has in its cache already, and again. */
export const start: Benchmark = {
  name: 'start',
  summary: 'npm start until it is ready: in a fresh clone (packages in the cache of npm), and again',
  run: async ({ directory, say }) => {
    // PostgreSQL, under another account where this runs as root, must reach its data: else it is kept elsewhere.
    chmodSync(directory, 0o755);
    const checkout = join(directory, 'checkout');
    execFileSync('git', ['clone', '--quiet', process.cwd(), checkout]);
    say('cold: installs from the cache, builds, initialises PostgreSQL, creates the sandbox');
    const cold = await secondsUntilReady(checkout);
    say('warm: everything is there');
    const warm = await secondsUntilReady(checkout);
    return [row('npm start, cold', cold, 90), row('npm start, warm', warm, 8)];
  },
};

const row = (name: string, value: number, goal: number): Row => ({
  name,
  value,
  unit: 's',
  goal: `< ${goal}`,
  met: value < goal,
});

/** Starts, waits, and ends the system again. */
async function secondsUntilReady(checkout: string): Promise<number> {
  const began = performance.now();
  const npm = spawn('npm', ['start'], {
    cwd: checkout,
    env: { ...process.env, ...FREE_PORTS },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own: npm does not pass a signal on to what it started.
    detached: true,
  });
  let output = '';
  const exited = new Promise<void>((resolve) => npm.once('exit', () => resolve()));
  const ready = new Promise<number>((resolve, reject) => {
    const fail = (why: string): void => reject(new BenchmarkError(`npm start ${why}:\n${output.slice(-2_000)}`));
    const limit = setTimeout(() => fail('took too long'), LIMIT_MS);
    const look = (data: Buffer): void => {
      output += data.toString();
      if (!output.includes(READY)) return;
      clearTimeout(limit);
      resolve((performance.now() - began) / 1_000);
    };
    npm.stdout.on('data', look);
    npm.stderr.on('data', look);
    void exited.then(() => (clearTimeout(limit), fail('ended')));
  });
  try {
    return await ready;
  } finally {
    if (npm.exitCode === null && npm.pid !== undefined) process.kill(-npm.pid, 'SIGINT');
    await exited;
  }
}
