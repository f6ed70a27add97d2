import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { crlDistributionPoints, digest } from '@kakunin/x509';
import { identityHeaders, RELYING_PARTY_EVENTS } from '@kakunin/event-log';
import type { RunningService } from '@kakunin/runtime';
import { ServiceClient } from '@kakunin/service-client';
import { StatusFeed } from '@kakunin/status-feed';
import {
  createTestCa,
  type IssuedCertificate,
  sharedTestPostgres,
  type TestCa,
  type TestDatabases,
} from '@kakunin/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { DAY, eventually, newest, PublisherBench, revoked, urlOf } from '../testing/publisher-bench.ts';

let postgres: TestDatabases;
let bench: PublisherBench;
let service: RunningService;
let tls: TestCa;
let authority: TestCa;
let certificate: IssuedCertificate;
let operator: IssuedCertificate;
let provider: IssuedCertificate;

const partyOf = ({ certificate: { der, notBefore, notAfter } }: IssuedCertificate) => ({
  code: 'a-pf',
  name: 'A provider',
  kind: 'platform_provider',
  roles: ['platform_provider'],
  credentials: [{ fingerprint: Buffer.from(digest('sha256', der)).toString('hex'), notBefore, notAfter }],
});

const put = (name: string, content: string | Uint8Array): string => {
  const file = join(bench.directory, name);
  writeFileSync(file, content);
  return file;
};

beforeAll(async () => {
  postgres = await sharedTestPostgres();
  bench = await PublisherBench.open(postgres);
  tls = await createTestCa();
  const server = await tls.issueServer();
  operator = await tls.issueClient('operator');
  provider = await tls.issueClient('provider');
  await bench.eventLog.append([
    {
      topic: RELYING_PARTY_EVENTS,
      key: 'a-pf',
      value: Buffer.from(JSON.stringify({ type: 'relying_party', party: partyOf(provider) })),
      headers: identityHeaders({ producer: 'registry', sequence: 1_000_000n }),
    },
  ]);
  const all = { publicBaseUrl: 'http://crl.example', deltas: true, onlyContains: 'userCerts' } as const;
  service = await bench.start({
    ...bench.profiles({ all, authorities: {} }),
    KAKUNIN_CRL_API_CERTIFICATE_FILE: put('server.pem', server.certificatePem),
    KAKUNIN_CRL_API_KEY_FILE: put('server.key', server.keyPem),
    KAKUNIN_CRL_API_PORT: '0',
    KAKUNIN_CRL_OPERATOR_CERTIFICATE_FILE: put('operator.pem', operator.certificatePem),
  });
  authority = await bench.addAuthority('a');
  certificate = await authority.issue({ serialNumber: '1', notBefore: Date.now() - DAY, notAfter: Date.now() + DAY });
  await bench.certify('a', '1');
  const crl = await eventually('a CRL', () => newest(service, 'a'));
  // Moments are whole seconds: the next one.
  await eventually('a moment after it', () => Date.now() >= crl.publishedAt + 1_000);
});
afterAll(async () => {
  await bench.close();
  await postgres.stop();
});

const as = (caller: IssuedCertificate | undefined): ServiceClient =>
  new ServiceClient({
    service: 'CRL publisher',
    url: `https://localhost:${service.ports['api']}`,
    tls: {
      ca: Buffer.from(tls.certificatePem),
      ...(caller && { cert: Buffer.from(caller.certificatePem), key: Buffer.from(caller.keyPem) }),
    },
  });

const question = (at = new Date().toISOString()) => ({
  certificate: Buffer.from(certificate.certificate.der).toString('base64'),
  at,
});

async function gather(stream: Readable): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of stream) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}

describe('POST /evidence', () => {
  it('gives what OpenSSL verifies, and the same again later', async () => {
    const asked = question();
    const zip = await gather(await as(operator).download('/evidence', asked));
    put('evidence.zip', zip);
    execFileSync('jar', ['xf', 'evidence.zip'], { cwd: bench.directory });
    const at = String(Math.floor(Date.parse(asked.at) / 1_000));
    const files = ['-CAfile', 'authority.pem', '-CRLfile', 'crl.crl', 'certificate.pem'];
    const verdict = execFileSync('openssl', ['verify', '-attime', at, '-crl_check', ...files], {
      cwd: bench.directory,
    });
    expect(verdict.toString()).toBe('certificate.pem: OK\n');
    await bench.certify('a', '1', { status: revoked() });
    await eventually('a revocation', async () => (await newest(service, 'a'))?.entries === 1);
    expect(await gather(await as(operator).download('/evidence', asked))).toEqual(zip);
  });

  it('is closed to a platform provider, to strangers, and on the public listener', async () => {
    const ask = (client: ServiceClient) => client.download('/evidence', question());
    await expect(ask(as(provider))).rejects.toThrow(expect.objectContaining({ problem: 'forbidden' }));
    await expect(ask(as(undefined))).rejects.toThrow(
      expect.objectContaining({ problem: 'client_certificate_missing' }),
    );
    const body = JSON.stringify(question());
    const headers = { 'content-type': 'application/json' };
    const plain = await fetch(urlOf(service, '/evidence'), { method: 'POST', body, headers });
    expect(plain.status).toBe(401);
  });

  it('says what is wrong with a question', async () => {
    const refused = async (asked: unknown) =>
      as(operator)
        .download('/evidence', asked)
        .then(
          () => undefined,
          (error: { problem?: string }) => error.problem,
        );
    expect(await refused(question('2020-01-01T00:00:00Z'))).toBe('certificate_not_valid_then');
    expect(await refused(question('2999-01-01T00:00:00+09:00'))).toBe('moment_in_future');
    expect(await refused({ ...question(), authority: 'b' })).toBe('authority_unknown');
    expect(await refused({ ...question(), certificate: 'AAAA' })).toBe('malformed_certificate');
    expect(await refused({ at: 'yesterday' })).toBe('invalid_request');
  });
});

describe('GET /evidence', () => {
  it('says which CRL was in force', async () => {
    const path = `/evidence?authority=a&at=${encodeURIComponent(new Date().toISOString())}`;
    const found = await as(operator).get(
      path,
      z.object({ complete: z.object({ url: z.string(), sha256: z.string() }) }),
    );
    const asked = as(operator).get('/evidence?authority=a&at=2999-01-01T00:00:00Z', z.unknown());
    await expect(asked).rejects.toThrow(expect.objectContaining({ problem: 'moment_in_future' }));
    expect(found.complete.url).toMatch(/^\/crl\/a\/\d+\.crl$/);
  });
});

it('knows nothing of what is unknown while the status data is still being read', async () => {
  const feed = service.app.get(StatusFeed, { strict: false });
  const isComplete = vi.spyOn(feed, 'isComplete', 'get').mockReturnValue(false);
  const query = `authority=nobody&at=${new Date().toISOString()}`;
  const asked = [
    as(operator).download('/evidence', { ...question(), authority: 'nobody' }),
    as(operator).download(`/evidence?${query}`),
    as(operator).download('/evidence/audit?authority=nobody'),
  ];
  const problems = await Promise.allSettled(asked);
  isComplete.mockRestore();
  for (const problem of problems)
    expect(problem).toMatchObject({ status: 'rejected', reason: { problem: 'not_ready' } });
});

describe('GET /evidence/audit', () => {
  it('tells the operator that all is there', async () => {
    const text = (await gather(await as(operator).download('/evidence/audit?authority=a'))).toString();
    const lines = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toEqual([expect.objectContaining({ authorityId: 'a', faults: 0 })]);
    expect(lines[0].records).toBeGreaterThan(0);
  });

  it('is for nobody else', async () => {
    const asking = as(provider).download('/evidence/audit?authority=a');
    await expect(asking).rejects.toThrow(expect.objectContaining({ problem: 'forbidden' }));
  });
});

describe('an authority with partitions and deltas', () => {
  it('has a record of each of its CRLs, and evidence of the partition', async () => {
    const ca = await bench.addAuthority('p', { partitioned: true });
    const scope = { authorityId: 'p', partition: '13101' };
    const extensions = [crlDistributionPoints('http://crl.example/crl/p/partitions/13101.crl')];
    const validity = { notBefore: Date.now() - DAY, notAfter: Date.now() + DAY };
    const held = await ca.issue({ serialNumber: '1', ...validity, extensions });
    await bench.certify('p', '1', { partition: '13101' });
    await eventually('a CRL', () => newest(service, scope));
    await bench.certify('p', '1', { partition: '13101', status: revoked('certificateHold') });
    const crl = await eventually('a delta with the hold', async () => {
      const delta = await newest(service, { ...scope, kind: 'delta' });
      return delta?.entries === 1 && delta;
    });
    await eventually('a moment after it', () => Date.now() >= crl.publishedAt + 1_000);
    const report = (await gather(await as(operator).download('/evidence/audit?authority=p'))).toString();
    expect(JSON.parse(report)).toMatchObject({ faults: 0 });
    expect(Object.keys(JSON.parse(report).heads)).toEqual(
      expect.arrayContaining(['crl/p.crl', 'crl/p/partitions/13101.crl', 'crl/p/partitions/13101/delta.crl']),
    );
    const base64 = Buffer.from(held.certificate.der).toString('base64');
    const asked = { certificate: base64, at: new Date().toISOString(), authority: 'p' };
    put('partition.zip', await gather(await as(operator).download('/evidence', asked)));
    execFileSync('jar', ['xf', 'partition.zip'], { cwd: bench.directory });
    const manifest = JSON.parse(readFileSync(join(bench.directory, 'manifest.json'), 'utf8'));
    expect(manifest).toMatchObject({
      status: { status: 'revoked', reason: 'certificateHold' },
      crls: [{ kind: 'complete', partition: '13101', crlNumber: crl.crlNumber.toString() }],
    });
    const at = String(Math.floor(Date.parse(asked.at) / 1_000));
    const files = ['-CAfile', 'authority.pem', '-CRLfile', 'crl.crl', 'certificate.pem'];
    const verdict = spawnSync('openssl', ['verify', '-attime', at, '-crl_check', ...files], { cwd: bench.directory });
    expect(verdict.stderr.toString()).toContain('certificate revoked');
  });
});
