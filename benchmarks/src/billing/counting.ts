import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type NewEvent, TOPICS } from '@kakunin/event-log';
import { PostgresEventLog } from '@kakunin/event-log-postgres';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@kakunin/postgres';
import { Client } from 'pg';
import { atLeast, atMost, type BenchmarkInput, BenchmarkError, measured, type Row } from '../frame/benchmark.ts';
import { type ServerProcess, startOwnServer } from '../frame/server-process.ts';
import { exportRecords } from './export.ts';
import { cpuOfTree } from './process-tree.ts';
import { RECORDS_PER_SEGMENT, recordedUsage } from './recorded-usage.ts';
import { copyRowPerEvent } from './row-per-event.ts';

const GOAL = 200_000;
const MEGABYTE = 2 ** 20;
/** Until then the meter's code is compiled and its buffers have their size. */
const WARM_UP = 0.5;
const PATIENCE_MS = 300_000;
const COPIED_SEGMENTS = 96;

/**
 * A topic that is full, and the whole meter, which commits to the PostgreSQL that holds the topic: durable, as in
 * production, and both on this machine's cores.
 */
export async function counting({ directory, seconds, say }: BenchmarkInput): Promise<readonly Row[]> {
  chmodSync(directory, 0o755);
  const postgres = await startEmbeddedPostgres({ directory: join(directory, 'counting') });
  try {
    const segments = Math.ceil((4 * seconds * GOAL) / RECORDS_PER_SEGMENT);
    const eventLogUrl = await postgres.createDatabase('event_log');
    say(`counting: ${(segments * RECORDS_PER_SEGMENT).toLocaleString('en')} records go to the topic …`);
    await fillTopic(eventLogUrl, segments);
    say('counting: the meter counts them …');
    const counted = await count(directory, postgres, segments);
    say('counting: one row per event with COPY …');
    const copied = await copyRowPerEvent(postgres, COPIED_SEGMENTS);
    return [
      atLeast(GOAL, measured('counting, topic to commit', counted.perSecond, 'records/s')),
      measured('counting: CPU of the meter', counted.cpu, 'µs/record'),
      measured('counting: CPU of PostgreSQL', counted.databaseCpu, 'µs/record'),
      atMost(64, measured('counting: memory grown', counted.grown / MEGABYTE, 'MB')),
      ...counted.exported,
      measured('one row per event with COPY', copied.perSecond, 'records/s'),
      measured('COPY: CPU of client and PostgreSQL', copied.cpu, 'µs/record'),
      atLeast(5, measured('counting / COPY', counted.perSecond / copied.perSecond, '×')),
    ];
  } finally {
    await postgres.stop();
  }
}

async function fillTopic(url: string, segments: number): Promise<void> {
  const eventLog = new PostgresEventLog({ url });
  try {
    await eventLog.whenReady();
    await eventLog.createTopics(TOPICS);
    const together: NewEvent[] = [];
    for (const event of recordedUsage(segments)) {
      if (together.push(event) === 16) await eventLog.append(together.splice(0));
    }
    if (together.length > 0) await eventLog.append(together);
  } finally {
    await eventLog.close();
  }
}

interface Counted {
  readonly perSecond: number;
  /** Microseconds a record, of the meter's process. */
  readonly cpu: number;
  /** Of PostgreSQL: it hands over the topic, too. */
  readonly databaseCpu: number;
  /** Octets. */
  readonly grown: number;
  /** What it takes to hand the records out again. */
  readonly exported: readonly Row[];
}

async function count(directory: string, postgres: EmbeddedPostgres, segments: number): Promise<Counted> {
  const databaseUrl = await postgres.createDatabase('billing');
  const own = join(directory, 'meter');
  mkdirSync(own, { recursive: true });
  const meter = await startOwnServer('billing-meter', own, databaseUrl, postgres.url('event_log'));
  const client = new Client({ connectionString: databaseUrl });
  try {
    await client.connect();
    const total = segments * RECORDS_PER_SEGMENT;
    const begin = await reached({ client, meter, postgres, records: total * WARM_UP });
    const end = await reached({ client, meter, postgres, records: total });
    if (end.records !== total) throw new BenchmarkError(`${end.records} records were counted, and ${total} recorded.`);
    const records = end.records - begin.records;
    return {
      perSecond: (records * 1_000) / (end.at - begin.at),
      cpu: (end.cpu - begin.cpu) / records,
      databaseCpu: (end.databaseCpu - begin.databaseCpu) / records,
      grown: end.memory - begin.memory,
      exported: await exportRecords({ meter, directory: own, period: '2026-11' }),
    };
  } finally {
    await client.end();
    await meter.stop();
  }
}

interface Goal {
  readonly client: Client;
  readonly meter: ServerProcess;
  readonly postgres: EmbeddedPostgres;
  readonly records: number;
}

/** Waits until so many records are committed. */
async function reached({ client, meter, postgres, records }: Goal) {
  for (const limit = performance.now() + PATIENCE_MS; performance.now() < limit; await sleep(20)) {
    const { rows } = await client.query<{ n: string }>('SELECT coalesce(sum(records), 0) AS n FROM usage_producer_day');
    const counted = Number(rows[0]?.n);
    if (counted < records) continue;
    const cpu = { cpu: meter.cpu(), databaseCpu: cpuOfTree(postgres.pid) };
    return { at: performance.now(), records: counted, ...cpu, memory: await residentMemory(meter) };
  }
  throw new BenchmarkError('The meter did not count the topic in time.');
}

async function residentMemory({ ready }: ServerProcess): Promise<number> {
  const metrics = await (await fetch(`http://127.0.0.1:${ready['management']}/metrics`)).text();
  return Number(/^process_resident_memory_bytes (\S+)$/m.exec(metrics)?.[1]);
}
