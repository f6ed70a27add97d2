import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { Agent as HttpAgent } from 'node:http';
import { Agent } from 'node:https';
import { connect } from 'node:net';
import { certIdOf, encodeOcspRequest } from '@kakunin/ocsp';
import type { RelyingParty } from '@kakunin/relying-parties';
import type { IssuedCertificate } from '@kakunin/testing';
import { afterEach, describe, expect, test } from 'vitest';
import { ask } from './testing/ask.ts';
import type { Said } from './testing/ask.ts';
import { AUTHORITY_ID, TestResponder } from './testing/test-responder.ts';

const HOUR = 3_600_000;

let responder: TestResponder;
let body: Uint8Array;
afterEach(() => responder.close());

async function start(environment: Readonly<Record<string, string>>, policy?: object): Promise<void> {
  responder = await TestResponder.start(environment, (directory) => {
    if (!policy) return;
    mkdirSync(`${directory}/signers/${AUTHORITY_ID}`, { recursive: true });
    writeFileSync(`${directory}/signers/${AUTHORITY_ID}/policy.json`, JSON.stringify(policy));
  });
  const { serialNumber } = await responder.issue('asked');
  body = encodeOcspRequest({ certIds: [certIdOf(responder.ca.certificate, serialNumber)] });
}

/** Registers a platform provider with a client certificate of its own. */
async function register(code: string): Promise<IssuedCertificate> {
  const client = await responder.ca.issueClient(code);
  const fingerprint = createHash('sha256').update(client.certificate.der).digest('hex');
  const credentials: RelyingParty['credentials'] = [
    { fingerprint, notBefore: Date.now() - HOUR, notAfter: Date.now() + HOUR },
  ];
  await responder.publishParty({ code, kind: 'platform_provider', roles: ['platform_provider'], credentials });
  await expect.poll(async () => (await overTls(client)).error).not.toBe('client_certificate_unknown');
  return client;
}

const overTls = (client?: IssuedCertificate): Promise<Said> =>
  ask({ port: responder.mtlsPort, body, tls: { ca: responder.ca.certificatePem, client } });
const plainly = (headers: Readonly<Record<string, string>> = {}, path = '/ocsp'): Promise<Said> =>
  ask({ port: responder.plainPort, body, path, headers });
const payers = async (): Promise<readonly string[]> =>
  (await responder.usage()).map(({ platformProvider }) => platformProvider);

describe('a trusted proxy', () => {
  const trusted = { KAKUNIN_OCSP_TRUSTED_PROXIES: '127.0.0.0/8' };

  test.each<[string, (client: IssuedCertificate) => string]>([
    ['as RFC 9440 says', ({ certificate }) => `:${Buffer.from(certificate.der).toString('base64')}:`],
    ['as nginx gives it', ({ certificatePem }) => encodeURIComponent(certificatePem)],
  ])('passes the client certificate on, %s', async (_, headerOf) => {
    await start(trusted);
    const header = headerOf(await register('pf2'));
    expect(await plainly({ 'client-cert': header })).toMatchObject({ said: 'good', error: undefined });
    await expect.poll(payers).toContain('pf2');
    const stranger = headerOf(await responder.ca.issueClient('stranger'));
    expect(await plainly({ 'client-cert': stranger })).toMatchObject({ error: 'client_certificate_unknown' });
  });

  test('stands for nobody by itself, and a header that holds no certificate is none', async () => {
    await start(trusted);
    expect(await plainly()).toMatchObject({ said: 'unauthorized', error: 'client_certificate_missing' });
    expect(await plainly({ 'client-cert': 'pf' })).toMatchObject({ error: 'client_certificate_unknown' });
  });

  test('keeps one connection for many callers, with and without a certificate', async () => {
    await start(trusted);
    const header = encodeURIComponent((await register('pf2')).certificatePem);
    const heads = [`Client-Cert: ${header}\r\n`, '', `Client-Cert: ${header}\r\n`];
    const said = await overOneConnection(heads);
    expect(said).toEqual(['none', 'client_certificate_missing', 'none']);
  });

  test('elsewhere the header is ignored', async () => {
    await start({ KAKUNIN_OCSP_TRUSTED_PROXIES: '192.0.2.0/24' });
    const header = encodeURIComponent((await register('pf2')).certificatePem);
    expect(await plainly({ 'client-cert': header })).toMatchObject({ said: 'good' });
    const asWhomTheyCalled = ['pf', 'pf2'];
    await expect.poll(async () => (await payers()).toSorted()).toEqual(asWhomTheyCalled);
  });

  /** Requests one after the other over one connection: which `kakunin-error` each got. */
  async function overOneConnection(heads: readonly string[]): Promise<readonly string[]> {
    const socket = connect(responder.plainPort, '127.0.0.1').setEncoding('latin1');
    const said: string[] = [];
    for (const head of heads) {
      socket.write(
        `POST /ocsp HTTP/1.1\r\nHost: x\r\nContent-Type: application/ocsp-request\r\nContent-Length: ${body.length}\r\n${head}\r\n`,
      );
      socket.write(body);
      const response = await new Promise<string>((resolve) => socket.once('data', resolve));
      said.push(/kakunin-error: (\w+)/i.exec(response)?.[1] ?? 'none');
    }
    socket.destroy();
    return said;
  }
});

describe('an authority that is open to everybody', () => {
  test('answers who shows no certificate, and charges nobody; a certificate must be a known one', async () => {
    await start({}, { anonymous: true });
    expect(await overTls()).toMatchObject({ said: 'good', error: undefined });
    expect(await overTls(await responder.ca.issueClient('stranger'))).toMatchObject({ said: 'unauthorized' });
    expect(await plainly()).toMatchObject({ said: 'good' });
    await expect.poll(payers).toEqual(['pf']);
  });

  test('can be asked on the plain port by nobody in particular, and every cache may keep the answer', async () => {
    await start({ KAKUNIN_OCSP_PLAIN_CALLER: 'anonymous' }, { anonymous: true });
    expect(await plainly()).toMatchObject({ said: 'good' });
    expect(await plainly({}, '/ocsp/bank')).toMatchObject({ error: 'client_certificate_missing' });
    const kept = await ask({ port: responder.plainPort, body, method: 'GET' });
    expect(kept.headers['cache-control']).toMatch(/^max-age=\d+, public, /);
  });
});

describe('limits', () => {
  test('a greedy caller is told to try later and waits; a modest one is answered meanwhile', async () => {
    await start({ KAKUNIN_OCSP_CALLER_REQUESTS_PER_SECOND: '5', KAKUNIN_OCSP_WORKERS: '2' });
    const greedy = await register('greedy');
    const modest = await register('modest');
    const crowd = Promise.all(Array.from({ length: 40 }, () => overTls(greedy)));
    const first = overTls(modest);
    expect(await first).toMatchObject({ said: 'good' });
    const said = await crowd;
    const limited = said.filter(({ error }) => error === 'rate_limited');
    expect(limited.length).toBeGreaterThan(20);
    expect(limited[0]).toMatchObject({ said: 'tryLater', headers: { 'retry-after': '1' } });
    expect((await responder.manage('/metrics')).text).toMatch(
      new RegExp(`kakunin_ocsp_refusals_total\\{code="rate_limited"\\} ${limited.length}$`, 'm'),
    );
  });

  test.each<[string, string]>([
    ['the fast way', 'application/ocsp-request'],
    ['the ordinary way', 'application/ocsp-request; charset=binary'],
  ])('a crowd in one connection is heard a little each second, %s', async (_, mediaType) => {
    await start({ KAKUNIN_OCSP_CALLER_REQUESTS_PER_SECOND: '1' });
    const agent = new HttpAgent({ keepAlive: true, maxSockets: 1 });
    const headers = { 'content-type': mediaType };
    const asked = Array.from({ length: 4 }, () => ask({ port: responder.plainPort, body, headers, agent }));
    const said = (await Promise.all(asked)).map(({ error = 'none' }) => error).join(' ');
    agent.destroy();
    expect(said).toContain('rate_limited');
    expect(said).not.toContain('rate_limited rate_limited');
  });

  test('who does not wait for answers is cut off', async () => {
    await start({ KAKUNIN_OCSP_CALLER_REQUESTS_PER_SECOND: '1' });
    const encoded = encodeURIComponent(Buffer.from(body).toString('base64'));
    const socket = connect(responder.plainPort, '127.0.0.1').on('error', () => {});
    const closed = new Promise<boolean>((resolve) => socket.once('close', () => resolve(true)));
    socket.resume().write(`GET /ocsp/${encoded} HTTP/1.1\r\nHost: x\r\n\r\n`.repeat(200));
    expect(await closed).toBe(true);
    expect(await plainly()).toBeDefined();
  });

  test('connections beyond the limit are refused and closed', async () => {
    await start({ KAKUNIN_OCSP_CALLER_CONNECTIONS: '3' });
    const client = await register('pf2');
    const agent = new Agent({ keepAlive: true });
    const tls = { ca: responder.ca.certificatePem, client };
    await Promise.all(Array.from({ length: 3 }, () => ask({ port: responder.mtlsPort, body, tls, agent })));
    const refused = await overTls(client);
    expect(refused).toMatchObject({
      said: 'tryLater',
      error: 'too_many_connections',
      headers: { connection: 'close' },
    });
    expect(await overTls()).toMatchObject({ error: 'client_certificate_missing' });
    expect((await responder.manage('/metrics')).text).toMatch(/refusals_total\{code="too_many_connections"\} 1$/m);
    agent.destroy();
    await expect.poll(async () => (await overTls(client)).error).toBeUndefined();
  });
});
