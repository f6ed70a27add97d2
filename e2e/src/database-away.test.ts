import { generateKeyPairSync } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startTestPostgres, type TestPostgres } from '@kakunin/testing';
import { createTestCa } from '@kakunin/testing/test-ca';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { newFolder } from './support/one-process.ts';
import { freePorts, portVariables } from './support/ports.ts';
import { startProcess, type TestProcess } from './support/processes.ts';

/** A process whose databases, the event log's too, are away when it starts, come back, and go again. */
const folder = newFolder('away');
let postgres: TestPostgres;
let meter: TestProcess;
let management: string;
let environment: Record<string, string>;

beforeAll(async () => {
  postgres = await startTestPostgres();
  environment = await prepare();
  const topics = startProcess('apps/cli/dist/main.js', environment, ['topics', 'create']);
  if ((await topics.exited) !== 0) throw new Error(topics.output());
  await postgres.pause();
  meter = startProcess('apps/billing-meter/dist/main.js', environment);
});
afterAll(async () => {
  await meter?.stop('SIGKILL');
  await postgres?.stop();
  rmSync(folder, { recursive: true });
});

async function prepare(): Promise<Record<string, string>> {
  const ports = await freePorts();
  management = `http://127.0.0.1:${ports.BILLING_MANAGEMENT_PORT}`;
  const tls = await createTestCa();
  const { certificatePem, keyPem } = await tls.issueServer();
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text, { mode: 0o600 });
    return join(folder, name);
  };
  const { privateKey: signingKey } = generateKeyPairSync('ed25519');
  const { privateKey: ledgerKey } = generateKeyPairSync('ed25519');
  const certificateFile = file('server.pem', certificatePem);
  return {
    ...portVariables(ports),
    KAKUNIN_LOG_LEVEL: 'warn',
    KAKUNIN_DRAIN_SECONDS: '0',
    KAKUNIN_EVENT_LOG_DATABASE_URL: await postgres.createDatabase('event_log'),
    KAKUNIN_BILLING_DATABASE_URL: await postgres.createDatabase('billing'),
    KAKUNIN_BILLING_STORE_URL: `file:${join(folder, 'billing')}`,
    KAKUNIN_BILLING_API_CERTIFICATE_FILE: certificateFile,
    KAKUNIN_BILLING_API_KEY_FILE: file('server.key.pem', keyPem),
    KAKUNIN_BILLING_LEDGER_KEY_FILE: file('ledger.pem', ledgerKey.export({ format: 'pem', type: 'pkcs8' }).toString()),
    KAKUNIN_BILLING_SIGNING_KEY_FILE: file(
      'signing.pem',
      signingKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    ),
    KAKUNIN_BILLING_OPERATOR_CERTIFICATE_FILE: certificateFile,
  };
}

/** Status and text; 0 while nobody listens. */
async function ask(path: string): Promise<[number, string]> {
  const response = await fetch(`${management}${path}`).catch(() => undefined);
  return response ? [response.status, await response.text()] : [0, ''];
}
const readiness = (): Promise<[number, string]> => ask('/readyz?verbose');
const SECONDS = { timeout: 20_000, interval: 100 };

it('lives, is not ready, and says what to do', async () => {
  const sentence = expect.stringMatching(
    /\[-\] database: .*ECONNREFUSED.*; start PostgreSQL or check the database URL/,
  );
  await expect.poll(readiness, SECONDS).toEqual([503, sentence]);
  expect(await ask('/livez')).toEqual([200, 'ok\n']);
  expect((await ask('/metrics'))[0]).toBe(200);
});

it('is ready once the database is there, and not ready while it is away again', async () => {
  await postgres.resume();
  await expect.poll(readiness, SECONDS).toEqual([200, expect.stringContaining('[+] database')]);
  await postgres.pause();
  await expect.poll(readiness, SECONDS).toEqual([503, expect.stringContaining('[-] database')]);
  await postgres.resume();
  await expect.poll(readiness, SECONDS).toEqual([200, expect.anything()]);
});

it('has said so in a few lines, not at every try', () => {
  expect(meter.output().match(/trying again/g)?.length).toBeLessThan(20);
});

it('ends cleanly and has shown nobody the password', async () => {
  expect(await meter.stop()).toBe(0);
  expect(meter.output()).not.toContain(new URL(postgres.url('billing')).password);
});

it('ends at once when it is told to while the database is away', async () => {
  await postgres.pause();
  const waiting = startProcess('apps/billing-meter/dist/main.js', environment);
  await expect.poll(readiness, SECONDS).toEqual([503, expect.anything()]);
  expect(await waiting.stop()).toBe(0);
  await postgres.resume();
});
