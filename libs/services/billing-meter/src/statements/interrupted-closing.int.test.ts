import { generateKeyPairSync } from 'node:crypto';
import { parseClosedStatement } from '@kakunin/billing';
import { type BillingPeriod, billingPeriodBounds, billingPeriodOf, jstDateOf } from '@kakunin/calendar';
import { Database, migrationsOf } from '@kakunin/postgres';
import { RelyingPartyDirectory } from '@kakunin/relying-parties';
import { DocumentSigner } from '@kakunin/signing-keys';
import { sharedTestPostgres, type TestDatabases } from '@kakunin/testing';
import type { PoolClient } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { BillingMeterConfig } from '../config.ts';
import { AdministrationDatabase } from '../database/administration-database.ts';
import { ProducerStore } from '../metering/producer-store.ts';
import { UsageStore } from '../metering/usage-store.ts';
import { PriceStore } from '../prices/price-store.ts';
import { jst } from '../testing/usage-events.ts';
import { MonthClosing } from './month-closing.ts';
import { MonthStore } from './month-store.ts';
import { StatementClosing } from './statement-closing.ts';
import { StatementDrafts } from './statement-drafts.ts';
import { StatementStore } from './statement-store.ts';

const CUSTOMERS = ['pf-a', 'pf-b'];
const DAY = 86_400_000;
const ACTOR = { caller: 'finance', at: 0 };

/** A process that is killed at its nth statement: before the server has it, or before the answer is back. */
class DyingDatabase extends Database {
  /** Statements until the end; more than there are: it lives. */
  left = Number.POSITIVE_INFINITY;
  dies: 'before' | 'after' = 'before';
  seen = 0;

  override withClient<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    return super.withClient((client) => work(this.#mortal(client)));
  }

  /** Its errors say that the connection broke, as the server sees it: what was not committed is gone. */
  #mortal(client: PoolClient): PoolClient {
    const query = async (...parameters: unknown[]): Promise<unknown> => {
      this.seen += 1;
      if ((this.left -= 1) < 0 || (this.left === 0 && this.dies === 'before')) throw broken();
      const result: unknown = await (client.query as (...given: unknown[]) => Promise<unknown>)(...parameters);
      if (this.left === 0) throw broken();
      return result;
    };
    return new Proxy(client, {
      get: (target, name) => (name === 'query' ? query : Reflect.get(target, name)) as unknown,
    });
  }
}

const broken = (): Error => Object.assign(new Error('killed'), { code: '57P01' });

let postgres: TestDatabases;
let database: Database;
const opened: Database[] = [];
beforeAll(async () => {
  postgres = await sharedTestPostgres();
  database = new Database(await optionsOf());
  await database.whenReady();
  opened.push(database);
});
afterAll(async () => {
  await Promise.all(opened.map((each) => each.close()));
  await postgres.stop();
});

const optionsOf = async () => ({
  url: await postgres.createDatabase('billing'),
  migrationsDirectory: migrationsOf('@kakunin/billing-meter'),
  maxConnections: 3,
});
const { privateKey } = generateKeyPairSync('ed25519');

/** A meter's closing on a database of its own pool. */
async function meter(): Promise<{ dying: DyingDatabase; closing: MonthClosing }> {
  const dying = new DyingDatabase(await optionsOf());
  await dying.whenReady();
  opened.push(dying);
  const directory = new RelyingPartyDirectory();
  for (const code of CUSTOMERS)
    directory.put({ code, name: code, kind: 'platform_provider', roles: [], credentials: [] });
  const config = { issuerName: '確認機構', issuerNameEn: '', issuerAddress: '', taxRounding: 'floor' };
  const prices = new PriceStore(new AdministrationDatabase(database));
  const drafts = new StatementDrafts(new UsageStore(dying), prices);
  const statements = new StatementClosing(
    dying,
    drafts,
    new StatementStore(dying, new DocumentSigner(privateKey)),
    directory,
    { ...config, issuerRegistrationNumber: 'T7000012050002' } as BillingMeterConfig,
  );
  const producers = new ProducerStore(dying);
  return { dying, closing: new MonthClosing(dying, new MonthStore(dying), prices, producers, drafts, statements) };
}

/** Usage of a month, counted, projected and complete; the month begins to close after it. */
async function beginMonth(period: BillingPeriod, closing: MonthClosing): Promise<number> {
  const { start, end } = billingPeriodBounds(period);
  const day = jstDateOf(start);
  for (const customer of CUSTOMERS) {
    await database.query(
      `INSERT INTO usage_day VALUES ($1, $2, 'sp', 'a', 'signature', 'card', 'ocsp', 'liveness_check', 'good', 3)`,
      [day, customer],
    );
    await database.query(`INSERT INTO usage_producer_day VALUES ('j', $1, $2, 3, 3)`, [day, customer]);
  }
  await database.query(
    `INSERT INTO usage_producer (producer, kind, segment_count, highest_sequence, complete_until, last_counted_at)
     VALUES ('j', 'journal', 1, 1, $1, $1) ON CONFLICT (producer) DO UPDATE SET complete_until = $1`,
    [new Date(end)],
  );
  await closing.begin(period, { ...ACTOR, at: end + 1 });
  return end + 1;
}

const stateOf = async (period: BillingPeriod): Promise<unknown> =>
  (await database.query<{ state: string }>('SELECT state FROM billing_month WHERE period = $1', [period])).rows[0]
    ?.state;

async function untilClosed(period: BillingPeriod, closing: MonthClosing, now: number): Promise<void> {
  // The lock of the meter that died is free when the server has seen its connection end.
  await expect
    .poll(async () => {
      await closing.proceed(now);
      return stateOf(period);
    })
    .toBe('closed');
}

it('killed at any step, closing goes on from there: every statement once, numbered without a gap', async () => {
  let period = '2023-01' as BillingPeriod;
  const next = (): BillingPeriod => (period = billingPeriodOf(billingPeriodBounds(period).end));
  const { dying, closing } = await meter();
  let now = await beginMonth(period, closing);
  dying.seen = 0;
  await closing.proceed(now);
  const steps = dying.seen;
  expect(await stateOf(period)).toBe('closed');
  for (const dies of ['before', 'after'] as const)
    for (let step = 1; step <= steps; step += 1) {
      dying.left = Number.POSITIVE_INFINITY;
      now = await beginMonth(next(), closing);
      Object.assign(dying, { left: step, dies });
      await closing.proceed(now).catch(() => undefined);
      expect(dying.left, 'it did not die').toBeLessThanOrEqual(0);
      dying.left = Number.POSITIVE_INFINITY;
      // What goes on has a clock that was set back.
      await untilClosed(period, closing, now - DAY);
    }
  const { rows } = await database.query<{ number: string; customer: string; content: Buffer }>(
    'SELECT number, customer, content FROM statement ORDER BY period, customer',
  );
  expect(rows.length).toBe((2 * steps + 1) * CUSTOMERS.length);
  const byYear = Map.groupBy(rows, ({ number }) => number.slice(0, 4));
  for (const [year, own] of byYear)
    expect(own.map(({ number }) => number)).toEqual(
      own.map((_, index) => `${year}-${String(index + 1).padStart(6, '0')}`),
    );
  for (const { content } of rows) {
    const statement = parseClosedStatement(content);
    expect(statement.totals.quantity).toBe(3n);
    expect(statement.closedAt).toBeGreaterThanOrEqual(statement.pricesKnownAt);
  }
}, 120_000);

it('two meters at once close a month once', async () => {
  const both = await Promise.all([meter(), meter()]);
  const period = billingPeriodOf(jst('2031-05-15T00:00:00'));
  const now = await beginMonth(period, both[0].closing);
  await Promise.all(both.flatMap(({ closing }) => [1, 2, 3].map(() => closing.proceed(now))));
  await untilClosed(period, both[1].closing, now);
  const { rows } = await database.query('SELECT number FROM statement WHERE period = $1 ORDER BY number', [period]);
  expect(rows).toEqual([{ number: '2031-000001' }, { number: '2031-000002' }]);
});
