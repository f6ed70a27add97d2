import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { identityHeaders, RELYING_PARTY_EVENTS, TOPICS } from '@kakunin/event-log';
import { PostgresEventLog } from '@kakunin/event-log-postgres';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@kakunin/postgres';
import { Client } from 'pg';
import { atMost, type BenchmarkInput, BenchmarkError, measured, type Row } from '../frame/benchmark.ts';
import { type ServerProcess, startOwnServer } from '../frame/server-process.ts';
import { exportLines } from './export.ts';
import { cpuOfTree } from './process-tree.ts';

const CUSTOMERS = 25;
const SERVICE_PROVIDERS_EACH = 52;
const CHECKS = 400_000_000;
const GOAL_SECONDS = 60;
const PATIENCE_MS = 300_000;
const MEGABYTE = 2 ** 20;

/** A month in which every service provider checked everything that there is every day, and a fee that is due. */
const USAGE = `
  INSERT INTO usage_day
  SELECT day::date, 'pf-' || customer, 'sp-' || customer || '-' || provider, 'authority-1', class, carrier, channel,
         purpose, outcome, $1
  FROM generate_series('2026-10-01'::date, '2026-10-31'::date, '1 day') AS day,
       generate_series(1, ${CUSTOMERS}) AS customer, generate_series(1, ${SERVICE_PROVIDERS_EACH}) AS provider,
       unnest(ARRAY['signature', 'user-authentication']) AS class, unnest(ARRAY['card', 'smartphone']) AS carrier,
       unnest(ARRAY['ocsp', 'crl']) AS channel,
       unnest(ARRAY['signature_verification', 'liveness_check']) AS purpose,
       unnest(ARRAY['good', 'revoked', 'unknown']) AS outcome`;

const PRODUCERS = `
  INSERT INTO usage_producer (producer, kind, segment_count, highest_sequence, contiguous_sequence, complete_until,
    last_counted_at)
  VALUES (repeat('0', 32), 'journal', 1, 1, 1, '2026-11-01T00:01:00+09:00', '2026-11-01T00:01:00+09:00')`;

const PRODUCER_DAYS = `
  INSERT INTO usage_producer_day
  SELECT repeat('0', 32), day, platform_provider, sum(quantity), sum(quantity) FILTER (WHERE outcome <> 'unknown')
  FROM usage_day GROUP BY day, platform_provider`;

const HEADS = `
  INSERT INTO ledger_head
  SELECT platform_provider, 'kakunin/benchmark/' || platform_provider, sum(quantity), sha256(''::bytea), now()
  FROM usage_day GROUP BY platform_provider`;

const BEGIN = `
  INSERT INTO billing_month VALUES ('2026-10', 'closing', '2026-11-01T00:02:00+09:00', 'benchmark', now(), NULL)`;

/** A month of 1,300 service providers and 400 million checks, from aggregates that are there to signed statements. */
export async function closing({ directory, say }: BenchmarkInput): Promise<readonly Row[]> {
  chmodSync(directory, 0o755);
  const postgres = await startEmbeddedPostgres({ directory: join(directory, 'closing') });
  const own = join(directory, 'closing-meter');
  mkdirSync(own, { recursive: true });
  const eventLogUrl = await postgres.createDatabase('event_log');
  await registerCustomers(eventLogUrl);
  const databaseUrl = await postgres.createDatabase('billing');
  const meter = await startOwnServer('billing-meter', own, databaseUrl, eventLogUrl, '1');
  const client = new Client({ connectionString: databaseUrl });
  try {
    await client.connect();
    say('closing: a month of usage is generated …');
    const rows = await generate(client);
    say(`closing: ${rows.toLocaleString('en')} sums of usage are closed …`);
    const closed = await close({ client, meter, postgres });
    say('closing: the lines of its statements are exported …');
    return [...closed, ...(await exportLines({ meter, directory: own, period: '2026-10' }))];
  } finally {
    await client.end();
    await meter.stop();
    await postgres.stop();
  }
}

async function generate(client: Client): Promise<number> {
  const each = CUSTOMERS * SERVICE_PROVIDERS_EACH * 31 * 48;
  const { rowCount } = await client.query(USAGE, [Math.ceil(CHECKS / each)]);
  for (const sql of [PRODUCERS, PRODUCER_DAYS, HEADS, 'ANALYZE']) await client.query(sql);
  return rowCount ?? 0;
}

interface Closing {
  readonly client: Client;
  readonly meter: ServerProcess;
  readonly postgres: EmbeddedPostgres;
}

async function close({ client, meter, postgres }: Closing): Promise<readonly Row[]> {
  const before = await residentMemory(meter);
  const cpu = { meter: meter.cpu(), database: cpuOfTree(postgres.pid) };
  await client.query(BEGIN);
  const start = performance.now();
  let largest = before;
  for (const limit = start + PATIENCE_MS; performance.now() < limit; await sleep(100)) {
    largest = Math.max(largest, await residentMemory(meter));
    const { rows } = await client.query<{ state: string }>('SELECT state FROM billing_month');
    if (rows[0]?.state !== 'closed') continue;
    const seconds = (performance.now() - start) / 1_000;
    const { rows: sums } = await client.query<{ n: string }>('SELECT sum(line_count) AS n FROM statement');
    return [
      atMost(GOAL_SECONDS, measured('closing a month of 400 million checks', seconds, 's')),
      measured('closing: lines of statements', Number(sums[0]?.n), 'lines'),
      measured('closing: CPU of the meter', (meter.cpu() - cpu.meter) / 1_000_000, 's'),
      measured('closing: CPU of PostgreSQL', (cpuOfTree(postgres.pid) - cpu.database) / 1_000_000, 's'),
      atMost(256, measured('closing: memory grown at most', (largest - before) / MEGABYTE, 'MB')),
    ];
  }
  throw new BenchmarkError('The month was not closed in time.');
}

/** An invoice names who is billed: the meter learns it from the registry's topic. */
async function registerCustomers(url: string): Promise<void> {
  const eventLog = new PostgresEventLog({ url });
  try {
    await eventLog.whenReady();
    await eventLog.createTopics(TOPICS);
    const codes = Array.from({ length: CUSTOMERS }, (_, index) => `pf-${index + 1}`);
    await eventLog.append(
      codes.map((code, index) => ({
        topic: RELYING_PARTY_EVENTS,
        key: code,
        value: Buffer.from(
          JSON.stringify({
            type: 'relying_party',
            party: { code, name: `${code} 株式会社`, kind: 'platform_provider', roles: [], credentials: [] },
          }),
        ),
        headers: identityHeaders({ producer: 'registry', sequence: BigInt(index) }),
      })),
    );
  } finally {
    await eventLog.close();
  }
}

async function residentMemory({ ready }: ServerProcess): Promise<number> {
  const metrics = await (await fetch(`http://127.0.0.1:${ready['management']}/metrics`)).text();
  return Number(/^process_resident_memory_bytes (\S+)$/m.exec(metrics)?.[1]);
}
