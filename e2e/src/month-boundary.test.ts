import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { billingPeriodBounds, billingPeriodOf } from '@kakunin/calendar';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type FaultySystem, startFaultySystem } from './faults/faulty-system.ts';
import { MovableClock } from './support/movable-clock.ts';
import { newFolder } from './support/one-process.ts';
import { RetryingChecker } from './support/retrying-checker.ts';

/** The end of a month in Japan during a failover, and then a clock that is set back into the month that is over. */
const CALLERS = 4;
const HOUR = 3_600_000;
/** By how much the clocks of two processes may differ here, ms. */
const SKEW = 100;

/** Status data bear the time of PostgreSQL, whose clock is not moved. */
const STATUS_AGE_SECONDS = 40 * 86_400;

const month = billingPeriodOf(Date.now());
const { end: boundary } = billingPeriodBounds(month);
const nextMonth = billingPeriodOf(boundary);

const folder = newFolder('month');
const clock = new MovableClock(folder);
let system: FaultySystem;
beforeAll(async () => {
  const environment = {
    ...clock.environment,
    KAKUNIN_OCSP_STATUS_MAX_AGE_SECONDS: `${STATUS_AGE_SECONDS}`,
    KAKUNIN_OCSP_ANSWER_VALIDITY_SECONDS: `${STATUS_AGE_SECONDS}`,
  };
  system = await startFaultySystem({ log: 'embedded', environment });
});
afterAll(async () => {
  await system?.stop();
  rmSync(folder, { recursive: true });
});

/** When a request was first sent, and answered, by the system's clock. */
interface Answered {
  readonly start: number;
  readonly end: number;
  /** It was answered after the clock was set back. */
  readonly setBack: boolean;
}
const answered: Answered[] = [];
let setBack = false;

async function askUntil(enough: AbortSignal): Promise<void> {
  const { ocspUrl, authorityFile, serialNumber } = system.load;
  const checker = new RetryingChecker(ocspUrl, authorityFile, {
    now: clock.now,
    maximumAge: STATUS_AGE_SECONDS * 1_000,
  });
  while (!enough.aborted) {
    const start = clock.now();
    expect(await checker.check(serialNumber)).toBe('good');
    answered.push({ start, end: clock.now(), setBack });
  }
}

async function failOver(meanwhile: () => void): Promise<void> {
  const { responder, meter } = system.victims;
  await Promise.all([responder.kill(), meter.kill()]);
  meanwhile();
  await Promise.all([responder.recover(), meter.recover()]);
}

const answersMore = async (than = answered.length): Promise<void> =>
  expect.poll(() => answered.length, { timeout: 30_000 }).toBeGreaterThan(than + 20);

async function query<Row extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<Row[]> {
  const client = new pg.Client({ connectionString: system.billingDatabaseUrl });
  await client.connect();
  try {
    return (await client.query<Row>(text, values)).rows;
  } finally {
    await client.end();
  }
}

const countedByMonth = async (): Promise<Record<string, number>> => {
  const rows = await query<{ month: string; count: number }>(
    `SELECT to_char(day, 'YYYY-MM') AS month, sum(quantity)::integer AS count FROM usage_day GROUP BY 1`,
  );
  return Object.fromEntries(rows.map((row) => [row.month, row.count]));
};

/** Two failovers, on a machine that may be busy with other suites. */
const LIMIT_MS = 240_000;

it('counts each check once, in its month, and none in a month that was over', { timeout: LIMIT_MS }, async () => {
  const enough = new AbortController();
  // Nobody asks meanwhile: an answer under way would be old at once.
  clock.set(boundary - 50_000);
  await sleep(SKEW);
  const callers = Promise.all(Array.from({ length: CALLERS }, () => askUntil(enough.signal)));
  // Heard below, when all are done.
  callers.catch(() => undefined);
  try {
    await answersMore();
    clock.set(boundary - 700);
    await answersMore(answered.length - 15);
    await failOver(() => undefined);
    await sleep(Math.max(0, boundary - clock.now()));
    await answersMore();
    await failOver(() => {
      setBack = true;
      clock.set(boundary - HOUR);
    });
    await answersMore();
  } finally {
    enough.abort();
    await callers;
  }

  const sum = async (): Promise<number> => Object.values(await countedByMonth()).reduce((all, one) => all + one, 0);
  await expect.poll(sum, { timeout: 30_000 }).toBe(answered.length);
  const before = answered.filter(({ end, setBack: late }) => !late && end < boundary - SKEW).length;
  const after = answered.filter(({ start, setBack: late }) => late || start > boundary + SKEW).length;
  const counted = await countedByMonth();
  expect(Object.keys(counted).toSorted()).toEqual([month, nextMonth]);
  expect(counted[month]).toBeGreaterThanOrEqual(before);
  expect(counted[nextMonth]).toBeGreaterThanOrEqual(after);
  expect(before).toBeGreaterThan(20);
  expect(after).toBeGreaterThan(40);
  expect(answered.length - before - after).toBeLessThan(answered.length / 2);
});

it('knows the month to be complete, though the clock is in it again', async () => {
  const complete = async (): Promise<boolean | undefined> => {
    const rows = await query<{ complete: boolean }>(
      `SELECT bool_and(complete_until >= $1) AS complete FROM usage_producer WHERE kind = 'journal'`,
      [new Date(boundary)],
    );
    return rows[0]?.complete;
  };
  await expect.poll(complete, { timeout: 20_000 }).toBe(true);
});
