import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CertificateEvent } from '@kakunin/certificates';
import { CERTIFICATE_EVENTS, TOPICS } from '@kakunin/event-log';
import { PostgresEventLog } from '@kakunin/event-log-postgres';
import { ServiceCallError, ServiceClient } from '@kakunin/service-client';
import { startTestPostgres, type TestPostgres } from '@kakunin/testing';
import { createTestCa } from '@kakunin/testing/test-ca';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { newFolder } from './support/one-process.ts';
import { freePorts, type Ports, portVariables } from './support/ports.ts';
import { kakunin, kakuninOk, startProcess, type TestProcess } from './support/processes.ts';

/** kill -9 of the registry, in the middle of a list and of many single calls: what was acknowledged stands, the rest is sent again. */
const LINES = 20_000;
const REVOCATIONS = 300;
const CALLERS = 24;
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

it('forgets no revocation of many that it acknowledged, and makes one event of each', async () => {
  const read = (name: string): Buffer => readFileSync(at(name));
  const api = new ServiceClient({
    service: 'linkage registry',
    url: `https://localhost:${ports.REGISTRY_API_PORT}`,
    tls: { ca: read('office.pem'), cert: read('operator.pem'), key: read('operator.key') },
  });
  const acknowledged: string[] = [];
  const waiting = Array.from({ length: REVOCATIONS }, (_, index) => (index + 1).toString(16));
  const callers = Array.from({ length: CALLERS }, async () => {
    for (let serialNumber = waiting.pop(); serialNumber; serialNumber = waiting.pop()) {
      const body = { serialNumber, reason: 'superseded' };
      while (!(await api.post('/authorities/killed/revocations', body, z.unknown()).catch(isAway))) await sleep(50);
      acknowledged.push(serialNumber);
    }
  });
  await expect.poll(() => acknowledged.length, { timeout: 60_000, interval: 5 }).toBeGreaterThan(REVOCATIONS / 4);
  await registry.stop('SIGKILL');
  const before = [...acknowledged];
  expect(before.length).toBeLessThan(REVOCATIONS);
  const { rows } = await database.query(`SELECT FROM certificate WHERE status = 'revoked'`);
  expect(rows.length).toBeGreaterThanOrEqual(before.length);
  registry = await startRegistry();
  await Promise.all(callers);
  await expect.poll(revocations, { timeout: 60_000, interval: 250 }).toEqual([REVOCATIONS, REVOCATIONS]);
});

/** Not there, or not yet: it is asked again. */
function isAway(error: unknown): undefined {
  if (error instanceof ServiceCallError && ['unreachable', 'unable'].includes(error.code)) return undefined;
  throw error;
}

/** How many certificates the topic says are revoked, and in how many events: one that is there twice has its number. */
async function revocations(): Promise<readonly [number, number]> {
  const revoked = (await statusEvents()).filter(({ status }) => status.status === 'revoked');
  return [
    new Set(revoked.map(({ serialNumber }) => serialNumber)).size,
    new Set(revoked.map(({ sequence }) => sequence)).size,
  ];
}

const announced = async (): Promise<ReadonlySet<string>> =>
  new Set((await statusEvents()).map(({ serialNumber }) => serialNumber));

/** Of the topic; an event may be there twice, when the log had it and the registry did not hear of it. */
async function statusEvents() {
  const client = new pg.Client(environment['KAKUNIN_EVENT_LOG_DATABASE_URL']);
  await client.connect();
  const { rows } = await client.query<{ value: Buffer; headers: unknown }>(
    'SELECT value, headers FROM event_log_event WHERE topic = $1',
    [CERTIFICATE_EVENTS],
  );
  await client.end();
  return rows.flatMap(({ value, headers }) => {
    const event = JSON.parse(value.toString()) as CertificateEvent;
    return event.type === 'certificate_status' ? [{ ...event, sequence: JSON.stringify(headers) }] : [];
  });
}
