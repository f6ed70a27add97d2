import type { EventLog } from '@kakunin/event-log';
import { Body, Controller, Get, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { z } from 'zod';
import { defineConfig } from './config/define-config.ts';
import { readConfig } from './config/read-config.ts';
import type { Health } from './operation/health.ts';
import { createLogger } from './operation/logger.ts';
import { provideProblems } from './problems/problem.ts';
import type { Service } from './service.ts';
import { type RunningService, startService } from './start-service.ts';
import { HEALTH } from './tokens.ts';

class SampleError extends Error {
  readonly code = 'too_late';
}

@Controller()
class SampleController {
  @Get('late')
  late(): never {
    throw new SampleError('The window closed at noon: ask for another.');
  }

  @Get('broken')
  broken(): never {
    throw new Error('a detail that is nobody else’s affair');
  }

  /** Answers only once the caller has closed its half. */
  @Get('after-end')
  async afterEnd(@Req() { raw: { socket } }: FastifyRequest): Promise<object> {
    if (!socket.readableEnded) await once(socket, 'end');
    return { count: 1 };
  }

  @Post('echo')
  echo(@Body({ schema: z.object({ count: z.number() }) }) body: { count: number }): object {
    return body;
  }
}

const config = defineConfig({
  service: 'sample',
  prefix: 'KAKUNIN_SAMPLE_',
  managementPort: 0,
  schema: z.object({ apiPort: z.coerce.number().default(0).describe('Any.') }),
});

const sample: Service<typeof config> = {
  name: 'sample',
  config,
  module: () => ({
    module: class SampleModule {},
    controllers: [SampleController],
    providers: [provideProblems({ too_late: { status: 409, title: 'Too late' } })],
  }),
  listeners: ({ apiPort: port }) => [{ name: 'api', host: '127.0.0.1', port }],
};

// This service has no topics, so the log is never asked.
const eventLog = {} as EventLog;
const logger = createLogger('sample', 'silent');
let running: RunningService | undefined;
afterEach(async () => running?.close());

const start = async (environment = {}): Promise<RunningService> =>
  (running = await startService(sample, { config: readConfig(config, environment), eventLog, logger }));

async function problemOf(
  path: string,
  init?: RequestInit,
): Promise<{ status: number; type: string | null; body: object }> {
  const response = await fetch(`http://127.0.0.1:${running?.ports['api']}${path}`, init);
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    body: (await response.json()) as object,
  };
}

it('maps an error code to problem+json, with the message as its detail', async () => {
  await start();
  expect(await problemOf('/late')).toEqual({
    status: 409,
    type: expect.stringContaining('application/problem+json'),
    body: {
      type: 'urn:kakunin:problem:too_late',
      title: 'Too late',
      status: 409,
      code: 'too_late',
      detail: 'The window closed at noon: ask for another.',
    },
  });
});

it('tells nothing about an error that no code names', async () => {
  await start();
  const { status, body } = await problemOf('/broken');
  expect(status).toBe(500);
  expect(body).toEqual({
    type: 'urn:kakunin:problem:internal_error',
    title: 'Internal error',
    status: 500,
    code: 'internal_error',
  });
});

it.each([
  ['a field of the wrong type', '{"count":"many"}', 'application/json', 400, 'invalid_request', /count/],
  ['JSON that is none', '{"count":', 'application/json', 400, 'invalid_request', /./],
  ['a media type that it does not know', 'x', 'application/x-unknown', 415, 'unsupported_media_type', /./],
])('refuses %s in words', async (_, body, contentType, status, code, detail) => {
  await start();
  const answer = await problemOf('/echo', { method: 'POST', body, headers: { 'content-type': contentType } });
  expect(answer.status).toBe(status);
  expect(answer.body).toMatchObject({ code, detail: expect.stringMatching(detail) });
});

it('answers 404 for a route that is not there, and does not quote it', async () => {
  await start();
  const { body } = await problemOf('/nowhere/MEIwQDA');
  expect(body).toMatchObject({ status: 404, code: 'not_found', detail: expect.stringContaining('check method') });
  expect(JSON.stringify(body)).not.toContain('MEIwQDA');
});

/** What comes back for octets that need not be HTTP, until the connection ends. */
const rawAnswer = (port: number | undefined, octets: string, verb: 'write' | 'end' = 'write'): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect({ port: port ?? 0, host: '127.0.0.1', allowHalfOpen: true }, () =>
      socket[verb](octets, 'latin1'),
    );
    let text = '';
    socket.on('data', (data) => (text += data.toString()));
    socket.on('end', () => (socket.end(), resolve(text)));
    socket.on('error', reject);
  });
const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: sample\r\nConnection: close\r\n\r\n`;

it.each([
  ['a path that is not percent-encoded', get('/M%zz'), 400, 'invalid_request'],
  ['what is no HTTP', '\x16\x03\x01\r\n\r\n', 400, 'malformed_http'],
  ['a length that is none', 'POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n', 400, 'malformed_http'],
  ['a path without end', get(`/${'a'.repeat(20_000)}`), 431, 'headers_too_large'],
])('refuses %s as a problem, quoting nothing', async (_, octets, status, code) => {
  const { ports } = await start();
  const [head = '', body = ''] = (await rawAnswer(ports['api'], octets)).split('\r\n\r\n');
  expect(head).toContain(`HTTP/1.1 ${status} `);
  expect(head).toContain('application/problem+json');
  expect(JSON.parse(body)).toMatchObject({ status, code, detail: expect.any(String) });
  expect(body).not.toContain('M%zz');
});

it('answers a client that has closed its half of the connection', async () => {
  const { ports } = await start();
  expect(await rawAnswer(ports['api'], get('/after-end'), 'end')).toMatch(/^HTTP\/1.1 200 [^]*{"count":1}$/);
});

it.each(['//', 'http://[/livez', '/%zz', '*'])('the management port outlives the path %s', async (path) => {
  const { managementPort } = await start();
  expect(await rawAnswer(managementPort, get(path))).toContain('HTTP/1.1 404 ');
  expect((await fetch(`http://127.0.0.1:${managementPort}/livez`)).status).toBe(200);
});

it('is not ready before its start is done', async () => {
  const seen: boolean[] = [];
  const starting: Service<typeof config> = {
    ...sample,
    listeners: () => (seen.push(health!.report().ok), []),
    module: () => ({
      module: class SampleModule {},
      providers: [{ provide: 'probe', inject: [HEALTH], useFactory: probe }],
    }),
  };
  let health: Health | undefined;
  const probe = (given: Health): void => void (health = given);
  running = await startService(starting, { config: readConfig(config, {}), eventLog, logger });
  expect([seen, health!.report().ok]).toEqual([[false], true]);
});

it('is ready only while every check is well, and says what is wrong', async () => {
  const { health, managementPort } = await start();
  const ready = (): Promise<Response> => fetch(`http://127.0.0.1:${managementPort}/readyz?verbose`);
  expect((await ready()).status).toBe(200);
  health.register('signer', () => ({ ok: false, detail: 'no key; put one into the folder' }));
  const red = await ready();
  expect(red.status).toBe(503);
  expect(await red.text()).toContain('[-] signer: no key; put one into the folder');
  const metrics = await (await fetch(`http://127.0.0.1:${managementPort}/metrics`)).text();
  expect(metrics).toContain('kakunin_health_check_ok{check="signer"} 0');
  expect(metrics).toContain('kakunin_health_check_ok{check="start"} 1');
  expect((await fetch(`http://127.0.0.1:${managementPort}/livez`)).status).toBe(200);
  expect(await (await fetch(`http://127.0.0.1:${managementPort}/metrics`)).text()).toContain(
    'process_cpu_seconds_total',
  );
});

it('drains: not ready at once, answers all the same, and later ends connections with their answers', async () => {
  const { ports, managementPort, drain } = await start();
  const connection = async () => (await fetch(`http://127.0.0.1:${ports['api']}/late`)).headers.get('connection');
  expect(await connection()).toBe('keep-alive');
  const drained = drain(200);
  const readiness = await fetch(`http://127.0.0.1:${managementPort}/readyz?verbose`);
  expect([readiness.status, await readiness.text()]).toEqual([503, expect.stringContaining('[-] closing')]);
  await expect.poll(connection).toBe('close');
  await drained;
  expect(await connection()).toBe('close');
});

it('has nobody to lead elsewhere while it is not ready', async () => {
  const { health, drain } = await start();
  health.register('sample', () => ({ ok: false, detail: 'no' }));
  await drain(2 ** 31 - 1);
  expect(health.report().checks.map(({ name }) => name)).not.toContain('closing');
});

it('says which port is in use and what to do, and leaves nothing running', async () => {
  const blocker: Server = createServer();
  await new Promise<void>((resolve) => blocker.listen(0, '127.0.0.1', resolve));
  const { port } = blocker.address() as AddressInfo;
  await expect(start({ KAKUNIN_SAMPLE_API_PORT: String(port) })).rejects.toThrow(
    new RegExp(
      `Port ${port} on 127.0.0.1 \\(listener "api"\\) is in use\\. Stop what uses it, or choose another port with KAKUNIN_SAMPLE_API_PORT `,
    ),
  );
  blocker.close();
});
