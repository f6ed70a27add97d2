import { identityHeaders, RELYING_PARTY_EVENTS, TOPICS } from '@kakunin/event-log';
import type { Caller, RelyingParty } from '@kakunin/relying-parties';
import {
  createLogger,
  defineConfig,
  readConfig,
  type RunningService,
  type Service,
  startService,
} from '@kakunin/runtime';
import { InMemoryEventLog } from '@kakunin/testing';
import { Controller, Get } from '@nestjs/common';
import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { AllowAnyone, AllowRoles, CallersModule, CurrentCaller } from './index.ts';

@Controller()
class SampleController {
  @Get('open')
  @AllowAnyone()
  open(): string {
    return 'open';
  }

  @Get('providers')
  @AllowRoles('platform_provider')
  providers(@CurrentCaller() caller: Caller): string {
    return caller.code;
  }

  @Get('unmarked')
  unmarked(): string {
    return 'must never be seen';
  }
}

const directory = mkdtempSync(join(tmpdir(), 'kakunin-callers-'));
const file = (name: string): string => join(directory, name);
const config = defineConfig({ service: 'sample', prefix: 'KAKUNIN_SAMPLE_', managementPort: 0, schema: z.object({}) });
const sample: Service<typeof config> = {
  name: 'sample',
  config,
  module: () => ({
    module: class SampleModule {},
    imports: [CallersModule.register({ operatorCertificateFile: file('operator.pem') })],
    controllers: [SampleController],
  }),
  listeners: () => [
    {
      name: 'api',
      host: '127.0.0.1',
      port: 0,
      tls: { certificateFile: file('server.pem'), keyFile: file('server.key') },
    },
  ],
};

function makeCertificate(name: string): void {
  const options = [
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-days',
    '2',
    '-subj',
    `/CN=${name}`,
  ];
  execFileSync('openssl', ['req', ...options, '-keyout', file(`${name}.key`), '-out', file(`${name}.pem`)], {
    stdio: 'ignore',
  });
}

const credential = (name: string): RelyingParty['credentials'][number] => ({
  fingerprint: new X509Certificate(readFileSync(file(`${name}.pem`))).fingerprint256.replaceAll(':', '').toLowerCase(),
  notBefore: 0,
  notAfter: Number.MAX_SAFE_INTEGER,
});

const party = (code: string, credentials: RelyingParty['credentials']): RelyingParty => ({
  code,
  name: code,
  kind: 'platform_provider',
  roles: ['platform_provider'],
  credentials,
});

let running: RunningService;
const eventLog = new InMemoryEventLog(TOPICS);

const partyEvent = (one: ReturnType<typeof party>, sequence: number) => ({
  topic: RELYING_PARTY_EVENTS,
  key: one.code,
  value: Buffer.from(JSON.stringify({ type: 'relying_party', party: one })),
  headers: identityHeaders({ producer: 'registry', sequence: BigInt(sequence) }),
});

beforeAll(async () => {
  for (const name of ['server', 'operator', 'known', 'unknown', 'expired', 'withdrawn']) makeCertificate(name);
  const parties = [
    party('pf-known', [credential('known')]),
    party('pf-expired', [{ ...credential('expired'), notAfter: Date.now() - 1 }]),
    party('pf-withdrawn', [{ ...credential('withdrawn'), revokedAt: Date.now() - 1 }]),
  ];
  await eventLog.append(parties.map((one, index) => partyEvent(one, index)));
  running = await startService(sample, {
    config: readConfig(config, {}),
    eventLog,
    logger: createLogger('sample', 'silent'),
  });
  while (!running.health.report().ok) await new Promise((resolve) => setTimeout(resolve, 10));
});
afterAll(() => running.close());

interface Answer {
  readonly status: number | undefined;
  readonly body: string;
  readonly retryAfter: string | undefined;
}

const call = (path: string, client?: string, of = running): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const identity = client
      ? { cert: readFileSync(file(`${client}.pem`)), key: readFileSync(file(`${client}.key`)) }
      : {};
    const options = {
      host: '127.0.0.1',
      port: of.ports['api'],
      path,
      ca: readFileSync(file('server.pem')),
      ...identity,
    };
    request({ ...options, checkServerIdentity: () => undefined, agent: false }, (response) => {
      let body = '';
      const { statusCode: status, headers } = response;
      const answered = (): void => resolve({ status, body, retryAfter: headers['retry-after'] });
      response.on('data', (data) => (body += data)).on('end', answered);
    })
      .on('error', reject)
      .end();
  });

it.each([
  ['nobody, on an open route', '/open', undefined, 200, 'open'],
  ['a known provider', '/providers', 'known', 200, 'pf-known'],
  ['nobody', '/providers', undefined, 401, 'client_certificate_missing'],
  ['an unknown certificate', '/providers', 'unknown', 403, 'client_certificate_unknown'],
  ['an expired certificate', '/providers', 'expired', 403, 'client_certificate_expired'],
  ['a withdrawn certificate', '/providers', 'withdrawn', 403, 'client_certificate_revoked'],
  ['the operator, whose role is not named', '/providers', 'operator', 403, 'forbidden'],
  ['a known provider, on a route that nobody opened', '/unmarked', 'known', 403, 'forbidden'],
])('%s', async (_, path, client, status, expected) => {
  const answer = await call(path, client);
  expect(answer.status).toBe(status);
  expect(answer.body).toContain(expected);
});

it('neither lets in nor turns away anybody before the registrations are read', async () => {
  eventLog.away = true;
  const options = { config: readConfig(config, {}), eventLog, logger: createLogger('sample', 'silent') };
  const starting = await startService(sample, options);
  try {
    for (const client of ['known', 'unknown', 'withdrawn', 'operator'])
      expect(await call('/providers', client, starting)).toMatchObject({ status: 503, retryAfter: '1' });
    expect((await call('/open', undefined, starting)).status).toBe(200);
    eventLog.away = false;
    await expect.poll(async () => (await call('/providers', 'known', starting)).status).toBe(200);
    expect((await call('/providers', 'unknown', starting)).status).toBe(403);
  } finally {
    eventLog.away = false;
    await starting.close();
  }
});

it('follows what the registry says while it runs', async () => {
  await eventLog.append([partyEvent(party('pf-known', []), 10)]);
  await expect.poll(async () => (await call('/providers', 'known')).status).toBe(403);
});

it('is not turned back by what the registry says twice: a repetition may come late', async () => {
  await eventLog.append([partyEvent(party('pf-known', [credential('known')]), 0)]);
  await eventLog.append([partyEvent(party('pf-new', [credential('unknown')]), 11)]);
  await expect.poll(async () => (await call('/providers', 'unknown')).status).toBe(200);
  expect((await call('/providers', 'known')).status).toBe(403);
});
