import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CertificateEvent } from '@kakunin/certificates';
import { CERTIFICATE_EVENTS, TOPICS } from '@kakunin/event-log';
import { PostgresEventLog } from '@kakunin/event-log-postgres';
import { startTestPostgres, type TestPostgres } from '@kakunin/testing';
import { createTestCa } from '@kakunin/testing/test-ca';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { newFolder } from './support/one-process.ts';
import { freePorts, type Ports, portVariables } from './support/ports.ts';
import { kakunin, kakuninOk, startProcess, type TestProcess } from './support/processes.ts';

/** kill -9 of the registry in the middle of a list: what was acknowledged stands, and the same command goes on behind it. */
const LINES = 20_000;
const folder = newFolder('import');
const at = (name: string): string => join(folder, name);
let postgres: TestPostgres;
let environment: Record<string, string>;
let ports: Ports;
let registry: TestProcess;
let database: pg.Client;

beforeAll(async () => {
  postgres = await startTestPostgres();
  ports = await freePorts();
  const databaseUrl = await postgres.createDatabase('registry');
  const eventLogUrl = await postgres.createDatabase('event_log');
  const eventLog = new PostgresEventLog({ url: eventLogUrl });
  await eventLog.whenReady();
  await eventLog.createTopics(TOPICS);
  await eventLog.close();
  await writeFiles();
  environment = {
    KAKUNIN_LOG_LEVEL: 'error',
    KAKUNIN_EVENT_LOG_DATABASE_URL: eventLogUrl,
    KAKUNIN_REGISTRY_DATABASE_URL: databaseUrl,
    KAKUNIN_REGISTRY_ROOT_KEY_FILE: at('root-key'),
    KAKUNIN_REGISTRY_API_CERTIFICATE_FILE: at('server.pem'),
    KAKUNIN_REGISTRY_API_KEY_FILE: at('server.key'),
    KAKUNIN_REGISTRY_OPERATOR_CERTIFICATE_FILE: at('operator.pem'),
    ...portVariables(ports),
  };
  registry = await startRegistry();
  database = new pg.Client(databaseUrl);
  await database.connect();
});
afterAll(async () => {
  await registry?.stop();
  await database?.end();
  await postgres?.stop();
  rmSync(folder, { recursive: true });
});

async function writeFiles(): Promise<void> {
  const office = await createTestCa();
  const [server, operator, authority] = [
    await office.issueServer(),
    await office.issueClient('operator'),
    await createTestCa(),
  ];
  const profile = {
    registryUrl: `https://localhost:${ports.REGISTRY_API_PORT}`,
    caFile: at('office.pem'),
    clientCertificateFile: at('operator.pem'),
    clientKeyFile: at('operator.key'),
  };
  mkdirSync(at('.kakunin'));
  const files = {
    '.kakunin/cli.json': JSON.stringify(profile),
    'office.pem': office.certificatePem,
    'server.pem': server.certificatePem,
    'server.key': server.keyPem,
    'operator.pem': operator.certificatePem,
    'operator.key': operator.keyPem,
    'authority.pem': authority.certificatePem,
    'root-key': randomBytes(32).toString('hex'),
    'index.txt': Array.from(
      { length: LINES },
      (_, i) => `V\t361231235959Z\t\t${(i + 1).toString(16)}\tunknown\t/CN=x\n`,
    ).join(''),
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(at(name), text, { mode: 0o600 });
}

async function startRegistry(): Promise<TestProcess> {
  const started = startProcess('apps/linkage-registry/dist/main.js', environment);
  const isReady = async (): Promise<boolean> =>
    (await fetch(`http://127.0.0.1:${ports.REGISTRY_MANAGEMENT_PORT}/readyz`).catch(() => undefined))?.ok === true;
  while (!(await isReady())) await sleep(50);
  return started;
}

const importList = ['certificates', 'import', 'index.txt', '--authority', 'killed', '-o', 'json'];
const lineTaken = async (): Promise<number> =>
  Number((await database.query<{ line: string }>('SELECT line FROM certificate_import')).rows[0]?.line ?? 0);

it('goes on where it was interrupted, and each certificate is taken and announced', async () => {
  const scheme = ['--class', 'signature', '--serial-scheme', 'random'];
  await kakuninOk(folder, ['authority', 'register', 'killed', '--certificate', at('authority.pem'), ...scheme]);
  const interrupted = kakunin(folder, importList);
  await expect.poll(lineTaken, { timeout: 60_000, interval: 10 }).toBeGreaterThan(0);
  await registry.stop('SIGKILL');
  expect((await interrupted).status).toBe(3);
  const before = await lineTaken();
  expect(before).toBeGreaterThan(0);
  expect(before).toBeLessThan(LINES);
  registry = await startRegistry();
  const { imported, unchanged, rejected } = JSON.parse(await kakuninOk(folder, importList));
  // Had a line been taken without being noted, it would be known the second time.
  expect({ imported, unchanged, rejected }).toEqual({ imported: LINES, unchanged: 0, rejected: 0 });
  const { rows } = await database.query<{ count: string }>('SELECT count(*) FROM certificate');
  expect(Number(rows[0]?.count)).toBe(LINES);
  await expect.poll(async () => (await announced()).size, { timeout: 60_000, interval: 250 }).toBe(LINES);
});

/** Serial numbers on the topic; an event may be there twice, when the log had it and the registry did not hear of it. */
async function announced(): Promise<ReadonlySet<string>> {
  const client = new pg.Client(environment['KAKUNIN_EVENT_LOG_DATABASE_URL']);
  await client.connect();
  const { rows } = await client.query<{ value: Buffer }>('SELECT value FROM event_log_event WHERE topic = $1', [
    CERTIFICATE_EVENTS,
  ]);
  await client.end();
  const events = rows.map(({ value }) => JSON.parse(value.toString()) as CertificateEvent);
  return new Set(events.flatMap((event) => (event.type === 'certificate_status' ? [event.serialNumber] : [])));
}
