import { createPrivateKey, X509Certificate } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CertificateEvent, certificateEventSchema } from '@kakunin/certificates';
import { CERTIFICATE_EVENTS, type Subscription, TOPICS } from '@kakunin/event-log';
import { linkageRegistry } from '@kakunin/linkage-registry';
import { createLogger, type RunningService, startService } from '@kakunin/runtime';
import { ServiceClient } from '@kakunin/service-client';
import { createTestCa, InMemoryEventLog, openssl, sharedTestPostgres, type TestDatabases } from '@kakunin/testing';
import { certificateDer, checkResponderCertificate, parseCertificate } from '@kakunin/x509';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { keyedAuthorities } from './authorities.ts';
import { readPlan } from './plan.ts';
import { csvOf, entriesOf } from './population.ts';
import { registerAuthority } from './registration.ts';
import { sandboxFiles } from './sandbox-files.ts';
import { createSandbox, type Sandbox, type SandboxInput } from './sandbox.ts';
import { RESPONDER_LIFETIME } from './signers.ts';

const HOUR = 3_600_000;
const eventLog = new InMemoryEventLog(TOPICS);
const logger = createLogger('sandbox', 'silent');
const directory = mkdtempSync(join(tmpdir(), 'kakunin-sandbox-'));
const at = (...parts: string[]) => join(directory, ...parts);
let now = Date.now();
let postgres: TestDatabases;
let registry: RunningService;
let client: ServiceClient;
let input: SandboxInput;
let sandbox: Sandbox;
let following: Subscription;

beforeAll(async () => {
  postgres = await sharedTestPostgres();
  const ca = await createTestCa();
  const [server, operator] = await Promise.all([ca.issueServer(), ca.issueClient('operator')]);
  const write = (name: string, text: string) => {
    writeFileSync(at(name), text);
    return at(name);
  };
  const tls = {
    caFile: write('ca.pem', ca.certificatePem),
    certificateFile: write('operator.pem', operator.certificatePem),
    keyFile: write('operator.key', operator.keyPem),
  };
  const config = linkageRegistry.config.schema.parse({
    databaseUrl: await postgres.createDatabase('registry'),
    rootKeyFile: write('root-key', 'ab'.repeat(32)),
    apiPort: 0,
    managementPort: 0,
    apiCertificateFile: write('server.pem', server.certificatePem),
    apiKeyFile: write('server.key', server.keyPem),
    operatorCertificateFile: tls.certificateFile,
  });
  registry = await startService(linkageRegistry, { config, eventLog, logger });
  await vi.waitFor(() => expect(registry.health.report().ok).toBe(true), { timeout: 60_000 });
  input = {
    dataDirectory: directory,
    registryUrl: `https://localhost:${registry.ports['api']}`,
    tls,
    ocspSignersDirectory: at('ocsp-signers'),
    crlSignersDirectory: at('crl-signers'),
    testCertificatesDirectory: at('test-certificates'),
    clock: { now: () => now },
    logger,
  };
  following = await eventLog.subscribe({
    topics: [CERTIFICATE_EVENTS],
    start: { kind: 'positions', positions: [] },
    maxBatchSize: 1_000,
    onBatch: async (batch) => {
      for (const { value } of batch)
        events.push(certificateEventSchema.parse(JSON.parse(Buffer.from(value).toString())));
    },
    onFault: () => undefined,
  });
  client = new ServiceClient({
    service: 'linkage registry',
    url: input.registryUrl,
    tls: {
      ca: Buffer.from(ca.certificatePem),
      cert: Buffer.from(operator.certificatePem),
      key: Buffer.from(operator.keyPem),
    },
  });
});

afterAll(async () => {
  sandbox?.close();
  await following?.close();
  await registry?.close();
  await postgres?.stop();
  rmSync(directory, { recursive: true, force: true });
});

/** What the other services hear, in order. */
const events: CertificateEvent[] = [];
const statuses = () => events.filter((event) => event.type === 'certificate_status');

it('completes a creation that was cut short, and tells the registry nothing twice', async () => {
  // As a kill -9 in the middle leaves it: some files, one authority, a part of its list.
  const plan = await readPlan(at('sandbox'), now);
  const authorities = await keyedAuthorities(plan, at('sandbox'));
  const { specimens } = await sandboxFiles(plan, authorities, at('sandbox'));
  const [first] = authorities;
  const fingerprints = specimens[0]!.map(({ fingerprint }) => fingerprint);
  const entries = entriesOf(plan, first!, fingerprints);
  await registerAuthority(client, first!, csvOf(entries.slice(0, 1_000)));
  sandbox = (await createSandbox(input))!;
  await expect.poll(() => statuses().length, { timeout: 30_000 }).toBe(10_000);
  const registered = events.flatMap((event) =>
    event.type === 'authority_registered' ? [event.authority.authorityId] : [],
  );
  expect(registered.toSorted()).toEqual([
    'signature-g1',
    'signature-g2',
    'user-authentication-g1',
    'user-authentication-g2',
  ]);
  expect(new Set(statuses().map(({ authorityId, serialNumber }) => `${authorityId}/${serialNumber}`)).size).toBe(
    10_000,
  );
  expect(statuses().filter(({ status }) => status.status === 'revoked')).toHaveLength(500);
});

it('is left alone by the next start', async () => {
  const plan = readFileSync(at('sandbox/plan.json'), 'utf8');
  const again = await createSandbox(input);
  again!.close();
  expect(again!.describe()).toEqual(sandbox.describe());
  expect(readFileSync(at('sandbox/plan.json'), 'utf8')).toBe(plan);
});

it('keeps out of a registry that serves authorities of its user', async () => {
  expect(await createSandbox({ ...input, dataDirectory: at('elsewhere') })).toBeUndefined();
  expect(existsSync(at('elsewhere'))).toBe(false);
});

it('offers a valid, a revoked and an expired certificate for tests, and no key', () => {
  const { certificates } = sandbox.describe();
  const offered = readdirSync(at('test-certificates')).toSorted();
  expect(offered).toEqual(['expired', 'revoked', 'valid'].map((status) => `user-authentication-${status}.pem`));
  for (const file of offered) {
    const original = certificates[file.replace('.pem', '')]!.certificateFile;
    expect(readFileSync(at('test-certificates', file), 'utf8')).toBe(readFileSync(original, 'utf8'));
  }
});

it('registers a PF provider with its credential, and two service providers behind it', async () => {
  const parties = await client.get('/relying-parties', z.array(z.looseObject({ code: z.string() })));
  const codes = parties.map(({ code }) => code);
  expect(codes).toEqual(expect.arrayContaining(['sandbox-pf', 'sandbox-sp-a', 'sandbox-sp-b']));
  const { certificateFile, keyFile } = sandbox.describe().platformProvider;
  expect(
    new X509Certificate(readFileSync(certificateFile)).checkPrivateKey(createPrivateKey(readFileSync(keyFile))),
  ).toBe(true);
});

it('issues certificates that openssl verifies under their own generation only', async () => {
  const { certificates, authorities } = sandbox.describe();
  expect(Object.keys(certificates)).toHaveLength(12);
  for (const { name, certificateFile, issuerFile, keyFile, authorityId } of Object.values(certificates)) {
    const verified = openssl(['verify', '-no_check_time', '-CAfile', issuerFile, certificateFile]);
    await expect(verified).resolves.toContain('OK');
    expect(statSync(keyFile).mode & 0o077).toBe(0);
    const other = authorityId.endsWith('g1') ? authorityId.replace('g1', 'g2') : authorityId.replace('g2', 'g1');
    await expect(
      openssl(['verify', '-no_check_time', '-CAfile', authorities[other]!.certificateFile, certificateFile]),
    ).rejects.toThrow();
    const expired = openssl(['verify', '-CAfile', issuerFile, certificateFile]);
    await (name.endsWith('expired')
      ? expect(expired).rejects.toThrow(/expired/)
      : expect(expired).resolves.toContain('OK'));
  }
});

it('places signers: the authority itself for CRLs, a delegated responder for OCSP', async () => {
  for (const [authorityId, { certificateFile }] of Object.entries(sandbox.describe().authorities)) {
    expect(readFileSync(at('crl-signers', authorityId, 'certificate.pem'))).toEqual(readFileSync(certificateFile));
    const certificate = parseCertificate(
      certificateDer(readFileSync(at('ocsp-signers', authorityId, 'certificate.pem'))),
    );
    const authority = parseCertificate(certificateDer(readFileSync(certificateFile)));
    expect(checkResponderCertificate({ certificate, authority, now })).toMatchObject({ ok: true });
  }
});

it('replaces signers that another sandbox left behind', async () => {
  const ours = (authorityId: string) => at('ocsp-signers', authorityId, 'certificate.pem');
  writeFileSync(ours('signature-g1'), readFileSync(ours('signature-g2')));
  expect(await sandbox.renew()).toBe(1);
  writeFileSync(at('crl-signers/signature-g1/key.pem'), 'another');
  (await createSandbox(input))!.close();
  const { certificateFile } = sandbox.describe().authorities['signature-g1']!;
  const key = createPrivateKey(readFileSync(at('crl-signers/signature-g1/key.pem')));
  expect(new X509Certificate(readFileSync(certificateFile)).checkPrivateKey(key)).toBe(true);
});

it('renews responder certificates well before their end, for the same key', async () => {
  const file = at('ocsp-signers/signature-g2/certificate.pem');
  const before = new X509Certificate(readFileSync(file));
  now += RESPONDER_LIFETIME / 2 - HOUR;
  expect(await sandbox.renew()).toBe(0);
  now += 2 * HOUR;
  expect(await sandbox.renew()).toBe(4);
  const after = new X509Certificate(readFileSync(file));
  expect(after.validToDate.getTime() - before.validToDate.getTime()).toBeGreaterThan(RESPONDER_LIFETIME / 3);
  expect(after.publicKey.equals(before.publicKey)).toBe(true);
  expect(after.serialNumber).not.toBe(before.serialNumber);
});
