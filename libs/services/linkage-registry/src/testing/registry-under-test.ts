import { mkdtempSync, writeFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EventRecord, TOPICS } from '@kakunin/event-log';
import { PostgresEventLog } from '@kakunin/event-log-postgres';
import { createLogger, type RunningService, startService } from '@kakunin/runtime';
import { sharedTestPostgres, type TestDatabases } from '@kakunin/testing/postgres';
import { createTestCa, type IssuedCertificate, type TestCa } from '@kakunin/testing/test-ca';
import { linkageRegistry } from '../linkage-registry.ts';
import { apiClient, type Send } from './api-client.ts';

/** A registry on a real PostgreSQL, log included, with an operator who may call it. */
export interface RegistryUnderTest {
  readonly server: TestDatabases;
  readonly databaseUrl: string;
  readonly directory: string;
  readonly service: RunningService;
  readonly operator: Send;
  /** Makes client certificates. */
  readonly office: TestCa;
  as(client: IssuedCertificate): Send;
  /** Values of all events of a topic so far, in order of partition and offset. */
  eventsOf<T>(topic: string): Promise<T[]>;
  /** Registers a party with a fresh client certificate, and waits until it is let in. */
  join(code: string, party: object): Promise<Send>;
  close(): Promise<void>;
}

/** @param options of the configuration, beside those that every test needs */
export async function startRegistry(name = 'registry', options: object = {}): Promise<RegistryUnderTest> {
  const server = await sharedTestPostgres();
  const directory = mkdtempSync(join(tmpdir(), 'kakunin-registry-'));
  const eventLog = await openEventLog(server);
  const databaseUrl = await server.createDatabase(name, '@kakunin/linkage-registry');
  const office = await createTestCa();
  const operator = await office.issueClient('operator');
  const files = writeFiles(directory, { server: await office.issueServer(), operator });
  const config = linkageRegistry.config.schema.parse({
    databaseUrl,
    ...files,
    apiPort: 0,
    managementPort: 0,
    newsIntervalSeconds: 0.05,
    logLevel: 'fatal',
    ...options,
  });
  const service = await startService(linkageRegistry, { config, eventLog, logger: createLogger('registry', 'fatal') });
  const agents: Agent[] = [];
  const as = ({ certificatePem: cert, keyPem: key }: IssuedCertificate): Send => {
    const agent = new Agent({ cert, key, ca: office.certificatePem, keepAlive: true, servername: 'localhost' });
    agents.push(agent);
    return apiClient(service.ports['api']!, agent);
  };
  const underTest = { server, databaseUrl, directory, service, office, as, operator: as(operator) };
  await until(async () => (await underTest.operator('GET', '/authorities')).status === 200);
  return {
    ...underTest,
    eventsOf: <T>(topic: string) => readAll<T>(eventLog, topic),
    join: (code, party) => joinParty(underTest, code, party),
    close: async () => {
      for (const agent of agents) agent.destroy();
      await service.close();
      await eventLog.close();
      await server.stop();
    },
  };
}

async function openEventLog(server: TestDatabases): Promise<PostgresEventLog> {
  const eventLog = new PostgresEventLog({
    url: await server.createDatabase('event_log', '@kakunin/event-log-postgres'),
  });
  await eventLog.whenReady();
  await eventLog.createTopics(TOPICS);
  return eventLog;
}

function writeFiles(directory: string, { server, operator }: Record<'server' | 'operator', IssuedCertificate>) {
  const write = (file: string, text: string): string => {
    writeFileSync(join(directory, file), text, { mode: 0o600 });
    return join(directory, file);
  };
  return {
    rootKeyFile: write('root-key', `${'ab'.repeat(32)}\n`),
    apiCertificateFile: write('server.pem', server.certificatePem),
    apiKeyFile: write('server.key.pem', server.keyPem),
    operatorCertificateFile: write('operator.pem', operator.certificatePem),
  };
}

async function joinParty(
  { office, operator, as }: Pick<RegistryUnderTest, 'office' | 'operator' | 'as'>,
  code: string,
  party: object,
): Promise<Send> {
  const client = await office.issueClient(code);
  await operator('PUT', `/relying-parties/${code}`, { name: code, ...party });
  await operator('POST', `/relying-parties/${code}/credentials`, { certificate: client.certificatePem });
  const send = as(client);
  await until(
    async () => (await send<{ code: string }>('GET', '/authorities')).body.code !== 'client_certificate_unknown',
  );
  return send;
}

async function readAll<T>(eventLog: PostgresEventLog, topic: string): Promise<T[]> {
  const ends = await eventLog.endPositions(topic);
  const total = ends.reduce((sum, { nextOffset }) => sum + Number(nextOffset), 0);
  const records: EventRecord[] = [];
  const subscription = await eventLog.subscribe({
    topics: [topic],
    start: { kind: 'positions', positions: [] },
    maxBatchSize: 1_000,
    onBatch: async (batch) => void records.push(...batch),
    onFault: () => undefined,
  });
  await until(async () => records.length >= total);
  await subscription.close();
  records.sort((a, b) => a.partition - b.partition || Number(a.offset - b.offset));
  return records.map(({ value }) => JSON.parse(Buffer.from(value).toString()) as T);
}

/** Asks until it is so; a test that waits for ever is ended by its own limit. */
export async function until(so: () => Promise<boolean>): Promise<void> {
  while (!(await so())) await new Promise((resolve) => setTimeout(resolve, 20));
}
