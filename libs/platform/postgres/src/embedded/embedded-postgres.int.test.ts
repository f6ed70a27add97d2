import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, expect, it } from 'vitest';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.ts';

let parent: string;
let server: EmbeddedPostgres;
const said: string[] = [];

async function start(): Promise<void> {
  parent = mkdtempSync(join(tmpdir(), 'kakunin-embedded-'));
  chmodSync(parent, 0o755);
  said.length = 0;
  server = await startEmbeddedPostgres({ directory: join(parent, 'data'), onChange: (message) => said.push(message) });
}
afterEach(async () => {
  await server.stop();
  rmSync(parent, { recursive: true });
});

async function ask(sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: server.url('postgres') });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query({ text: sql, rowMode: 'array' })).rows;
  } finally {
    await client.end();
  }
}

it('starts a server that was killed again, on the same port, with what was committed', async () => {
  await start();
  const { pid } = server;
  await ask('CREATE TABLE kept AS SELECT 1 AS n');
  process.kill(pid, 'SIGKILL');
  await expect.poll(() => said, { timeout: 20_000 }).toContain('PostgreSQL runs again');
  expect(said[0]).toBe('PostgreSQL ended by itself (SIGKILL); it is started again');
  expect(await ask('SELECT n FROM kept')).toEqual([[1]]);
  expect(server.pid).not.toBe(pid);
});

it('leaves none behind when it is stopped just after it was killed', async () => {
  await start();
  process.kill(server.pid, 'SIGKILL');
  await expect.poll(() => said.length).toBe(1);
  await server.stop();
  await expect(ask('SELECT 1')).rejects.toThrow('ECONNREFUSED');
  expect(said).not.toContain('PostgreSQL runs again');
});
