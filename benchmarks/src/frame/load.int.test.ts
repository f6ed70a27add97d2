import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { buildPeers } from './go-programs.ts';
import { loadByGo } from './go-load.ts';
import { writeBodies } from './load.ts';
import type { Load } from './load.ts';
import { loadOneByOne } from './one-by-one.ts';
import { loadByWrk } from './wrk.ts';

const directory = mkdtempSync(join(tmpdir(), 'kakunin-load-'));
const bodies: Buffer[] = [];
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    bodies.push(Buffer.concat(chunks));
    response.end('answer');
  });
});

beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
beforeEach(() => void bodies.splice(0));
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(directory, { recursive: true });
});

const input = (randomTail: number) => ({
  directory,
  port: (server.address() as AddressInfo).port,
  path: '/ocsp',
  bodies: writeBodies(join(directory, 'bodies'), [Buffer.from('begin----')], randomTail),
  connections: 4,
  seconds: 1,
});

const byGo: Load = async (load) => loadByGo({ ...load, bin: await buildPeers(directory) });

test.each([
  ['wrk', loadByWrk],
  ['one by one', loadOneByOne],
  ['our own generator', byGo],
])('%s sends the body as it is, and draws the octets that shall differ', async (_, load) => {
  const fixed = await load(input(0));
  expect(fixed.errors).toBe(0);
  expect(fixed.requests).toBeGreaterThan(0);
  expect(new Set(bodies.map(String))).toEqual(new Set(['begin----']));
  bodies.splice(0);
  await load(input(4));
  expect(bodies.every((body) => body.length === 9 && body.toString('latin1').startsWith('begin'))).toBe(true);
  expect(new Set(bodies.map((body) => body.toString('hex'))).size).toBeGreaterThan(bodies.length * 0.9);
});

test('at a fixed rate, as many requests are sent as are due', async () => {
  const { requests } = await loadByGo({ ...input(0), bin: await buildPeers(directory), rate: 50 });
  expect(requests).toBeGreaterThanOrEqual(48);
  expect(requests).toBeLessThanOrEqual(52);
});

test('without wrk, one line says how to get it', async () => {
  vi.stubEnv('PATH', directory);
  await expect(loadByWrk(input(0))).rejects.toThrow(/^This benchmark needs wrk.*apt-get install wrk$/);
  vi.unstubAllEnvs();
});
