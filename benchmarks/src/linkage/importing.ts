import { chmodSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@kakunin/postgres';
import { ServiceClient } from '@kakunin/service-client';
import { Client } from 'pg';
import { z } from 'zod';
import { cpuOfTree } from '../billing/process-tree.ts';
import { atMost, BenchmarkError, type BenchmarkInput, measured, type Row } from '../frame/benchmark.ts';
import { type ServerProcess, startOwnServer } from '../frame/server-process.ts';
import { indexTxt } from './index-txt.ts';
import { OPERATOR } from './registry-server.ts';

const LINES = 10_000_000;
const NATION = 200_000_000;
const MEGABYTE = 2 ** 20;
const GIGABYTE = 1e9;
const AUTHORITY = 'benchmark-g1';

/** The list of a CA through the API into rows and events, and the same rows into a table of the same indexes by COPY. */
export async function importing({ directory, scale, say }: BenchmarkInput): Promise<readonly Row[]> {
  chmodSync(directory, 0o755);
  const postgres = await startEmbeddedPostgres({ directory: join(directory, 'importing') });
  const own = join(directory, 'registry');
  mkdirSync(own, { recursive: true });
  const databaseUrl = await postgres.createDatabase('registry');
  const registry = await startOwnServer(
    'linkage-registry',
    own,
    databaseUrl,
    await postgres.createDatabase('event_log'),
  );
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const lines = Math.ceil(LINES * scale);
    say(`imports an index.txt of ${lines.toLocaleString('en')} lines`);
    const imported = await importLines({ registry, directory: own, client, postgres, lines });
    await registry.stop();
    say('takes the same rows in by COPY');
    const copied = await copyRows(client, lines);
    const octets = await octetsOfRows(client);
    return [
      measured('import of index.txt: acknowledged', imported.perSecond, 'rows/s'),
      measured('import: all of it on the topic', imported.publishedPerSecond, 'rows/s'),
      measured('import: CPU of the registry', imported.cpu, 'µs/row'),
      measured('import: CPU of PostgreSQL, topic included', imported.databaseCpu, 'µs/row'),
      atMost(512, measured('import: memory of the registry', imported.memory / MEGABYTE, 'MB')),
      measured('the same list again: passed over', imported.againPerSecond, 'rows/s'),
      measured('plain COPY of the rows, same indexes', copied, 'rows/s'),
      measured('import / plain COPY', imported.perSecond / copied, '×'),
      measured('a row, indexes included', octets / lines, 'octets'),
      measured('200 M certificates', ((octets / lines) * NATION) / GIGABYTE, 'GB'),
    ];
  } finally {
    await client.end();
    await registry.stop();
    await postgres.stop();
  }
}

interface Importing {
  readonly registry: ServerProcess;
  /** Of the registry's files. */
  readonly directory: string;
  readonly client: Client;
  readonly postgres: EmbeddedPostgres;
  readonly lines: number;
}

const summarySchema = z.object({ imported: z.number(), unchanged: z.number(), rejected: z.number() });
const answerSchema = z.object({ summary: summarySchema.optional() });

/** As the CLI does: with an ear for what is answered meanwhile, so that a long list is no silence. */
async function sendList(api: ServiceClient, path: string, lines: number): Promise<z.infer<typeof summarySchema>> {
  const answers = await api.converse(path, Readable.from(indexTxt(lines)), 'application/x-ndjson');
  for await (const line of createInterface({ input: answers, crlfDelay: Infinity })) {
    const { summary } = answerSchema.parse(JSON.parse(line));
    if (summary) return summary;
  }
  throw new BenchmarkError('The list was not taken to its end.');
}

async function importLines({ registry, directory, client, postgres, lines }: Importing) {
  const api = await registerAuthority(registry, directory);
  const path = `/authorities/${AUTHORITY}/certificates/import?format=index.txt`;
  const send = () => sendList(api, path, lines);
  const before = { at: performance.now(), cpu: registry.cpu(), databaseCpu: cpuOfTree(postgres.pid) };
  const { imported } = await send();
  if (imported !== lines) throw new BenchmarkError(`${imported} of ${lines} lines were imported.`);
  const acknowledged = performance.now();
  const memory = await residentMemory(registry);
  await drained(client);
  const published = performance.now();
  const after = { cpu: registry.cpu(), databaseCpu: cpuOfTree(postgres.pid) };
  await send();
  return {
    perSecond: (lines * 1_000) / (acknowledged - before.at),
    publishedPerSecond: (lines * 1_000) / (published - before.at),
    cpu: (after.cpu - before.cpu) / lines,
    databaseCpu: (after.databaseCpu - before.databaseCpu) / lines,
    memory,
    againPerSecond: (lines * 1_000) / (performance.now() - published),
  };
}

async function registerAuthority({ ready }: ServerProcess, directory: string): Promise<ServiceClient> {
  const read = (name: string): Buffer => readFileSync(join(directory, name));
  const [cert, key] = [read(OPERATOR.certificate), read(OPERATOR.key)];
  const url = `https://localhost:${ready['port']}`;
  const api = new ServiceClient({ service: 'linkage registry', url, tls: { ca: cert, cert, key } });
  const authority = {
    authorityId: AUTHORITY,
    certificateClass: 'signature',
    serialScheme: { kind: 'random' },
    certificate: cert.toString(),
  };
  await api.post('/authorities', authority, z.unknown());
  return api;
}

/** Until everything that was acknowledged is on the topic. */
async function drained(client: Client): Promise<void> {
  for (;;) {
    const { rows } = await client.query<{ waits: boolean }>('SELECT EXISTS (SELECT FROM outbox_event) AS waits');
    if (!rows[0]?.waits) return;
    await sleep(50);
  }
}

/** Rows a second, in one transaction, written and read by the server itself: no client, no event, no decision. */
async function copyRows(client: Client, lines: number): Promise<number> {
  const { rows } = await client.query<{ directory: string }>(`SELECT current_setting('data_directory') AS directory`);
  const file = `${rows[0]?.directory}/benchmark-rows`;
  await client.query(`COPY (SELECT * FROM certificate) TO '${file}'`);
  await client.query('CREATE TABLE floor (LIKE certificate INCLUDING ALL)');
  const began = performance.now();
  await client.query(`COPY floor FROM '${file}'`);
  return (lines * 1_000) / (performance.now() - began);
}

async function octetsOfRows(client: Client): Promise<number> {
  const { rows } = await client.query<{ octets: string }>(
    `SELECT sum(pg_total_relation_size(relid)) AS octets FROM pg_partition_tree('certificate') WHERE isleaf`,
  );
  return Number(rows[0]?.octets);
}

async function residentMemory({ ready }: ServerProcess): Promise<number> {
  const metrics = await (await fetch(`http://127.0.0.1:${ready['management']}/metrics`)).text();
  return Number(/^process_resident_memory_bytes (\S+)$/m.exec(metrics)?.[1]);
}
