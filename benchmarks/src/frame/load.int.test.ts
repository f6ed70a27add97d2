import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
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

const input = () => ({
  directory,
  url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
  contentType: 'application/octet-stream',
  body: Buffer.from('begin----end'),
  seconds: 1,
});

test.each([
  ['wrk', loadByWrk],
  ['one by one', loadOneByOne],
])('%s sends the body as it is, and draws the octets that shall differ', async (_, load) => {
  const fixed = await load(input());
  expect(fixed.errors).toBe(0);
  expect(fixed.requests).toBeGreaterThan(0);
  expect(new Set(bodies.map(String))).toEqual(new Set(['begin----end']));
  bodies.splice(0);
  await load({ ...input(), random: { offset: 5, length: 4 } });
  expect(bodies.every((body) => body.length === 12 && `${body}`.startsWith('begin') && `${body}`.endsWith('end'))).toBe(
    true,
  );
  expect(new Set(bodies.map((body) => body.toString('hex'))).size).toBeGreaterThan(bodies.length * 0.9);
});

test('without wrk, one line says how to get it', async () => {
  vi.stubEnv('PATH', directory);
  await expect(loadByWrk(input())).rejects.toThrow(/^This benchmark needs wrk.*apt-get install wrk$/);
  vi.unstubAllEnvs();
});
