import { createHash } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { startTestKafka, startTestPostgres, type TestKafka, type TestPostgres } from '@kakunin/testing';
import { certIdOf, encodeOcspRequest, parseOcspResponse } from '@kakunin/ocsp';
import type { CertificateFiles, OpensslCa } from '@kakunin/testing/openssl-ca';
import { certificateDer, parseCertificate } from '@kakunin/x509';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { chargedChecks, exportMonth } from './support/billing.ts';
import { FollowingCaller, type Responder } from './support/following-caller.ts';
import { type FourProcesses, ready, startFourProcesses } from './support/four-processes.ts';
import { newFolder } from './support/one-process.ts';
import { revokedSerials } from './support/openssl-crl.ts';
import { freePorts } from './support/ports.ts';
import { AUTHORITY_ID, prepareAuthority, PROVIDER, register, SERVICE_PROVIDER } from './support/private-authority.ts';
import { kakuninOk, run, startProcess } from './support/processes.ts';

/** The newcomer's story on four processes, PostgreSQL and a real Kafka broker, with an authority made by OpenSSL. */
const folder = newFolder('four');
/** Processes that start on a machine with much other work. */
const BUSY_MS = 180_000;
let postgres: TestPostgres;
let kafka: TestKafka;
let four: FourProcesses;
let authority: OpensslCa;
let pairs: Readonly<Record<'before' | 'after', CertificateFiles>>;

const pair = (name: 'before' | 'after'): CertificateFiles => pairs[name];
const parsed = (name: 'before' | 'after') => parseCertificate(certificateDer(readFileSync(pair(name).certificateFile)));

beforeAll(async () => {
  [postgres, kafka] = await Promise.all([startTestPostgres(), startTestKafka()]);
  authority = await prepareAuthority(folder, { ocsp: join(folder, 'signers/ocsp'), crl: join(folder, 'signers/crl') });
  pairs = { before: await authority.issue('before'), after: await authority.issue('after') };
  const eventLog = { KAKUNIN_EVENT_LOG: 'kafka', KAKUNIN_KAFKA_BROKERS: kafka.brokers.join(',') };
  const topics = startProcess('apps/cli/dist/main.js', eventLog, ['topics', 'create']);
  if ((await topics.exited) !== 0) throw new Error(topics.output());
  four = await startFourProcesses(folder, postgres, eventLog);
  await register(folder, authority);
  await kakuninOk(folder, [
    'relying-party',
    'credential',
    'add',
    PROVIDER,
    '--certificate',
    four.clientFiles.certificateFile,
  ]);
});
afterAll(async () => {
  await four?.stop();
  await Promise.all([kafka?.stop(), postgres?.stop()]);
  rmSync(folder, { recursive: true });
});

async function ocsp(name: 'before' | 'after'): Promise<string> {
  const url = `http://127.0.0.1:${four.ports.OCSP_PLAIN_PORT}/ocsp/${SERVICE_PROVIDER}`;
  const ca = authority.certificateFile;
  const { stdout, stderr } = await run('openssl', [
    'ocsp',
    '-issuer',
    ca,
    '-cert',
    pair(name).certificateFile,
    '-CAfile',
    ca,
    '-url',
    url,
  ]);
  return stdout + stderr;
}

it('prints its configuration without secrets', async () => {
  const check = startProcess('apps/billing-meter/dist/main.js', { ...four.environment }, ['--check-config']);
  expect(await check.exited).toBe(0);
  expect(JSON.parse(check.output())).toMatchObject({
    KAKUNIN_EVENT_LOG: 'kafka',
    KAKUNIN_BILLING_DATABASE_URL: '[redacted]',
  });
});

it('issues a certificate and its renewal, and both are good', async () => {
  const year = new Date(Date.now() + 20 * 86_400_000).toISOString();
  const holder = 'holder-of-the-story';
  const csv = [
    'serial_number,not_after,carrier,holder,predecessor,fingerprint',
    `${parsed('before').serialNumber},${year},card,${holder},,${fingerprint('before')}`,
    `${parsed('after').serialNumber},${year},card,${holder},${parsed('before').serialNumber},${fingerprint('after')}`,
  ].join('\n');
  await kakuninOk(folder, ['certificates', 'import', '--authority', AUTHORITY_ID, '--format', 'csv', '-'], `${csv}\n`);
  await expect.poll(() => ocsp('after'), { timeout: 5_000, interval: 100 }).toContain(': good');
  expect(await ocsp('before')).toContain(': good');
});

const fingerprint = (name: 'before' | 'after'): string => createHash('sha256').update(parsed(name).der).digest('hex');

it('gives the same ppid before and after renewal', async () => {
  const identify = async (name: 'before' | 'after'): Promise<string> => {
    const files = ['--certificate', pair(name).certificateFile, '--key', pair(name).keyFile];
    return JSON.parse(
      await kakuninOk(folder, ['identify', ...files, '--service-provider', SERVICE_PROVIDER, '-o', 'json']),
    ).ppid;
  };
  const before = await identify('before');
  expect(before).toMatch(/\w{20,}/);
  expect(await identify('after')).toBe(before);
});

it('answers over mutual TLS to the registered client certificate', async () => {
  const args = [
    'ocsp',
    'query',
    '--mtls',
    '--certificate',
    pair('after').certificateFile,
    '--issuer',
    authority.certificateFile,
  ];
  expect(await kakuninOk(folder, [...args, '--service-provider', SERVICE_PROVIDER])).toContain('good');
});

it('shows a revocation within 2 s, and in the CRL', async () => {
  await kakuninOk(folder, [
    'certificate',
    'revoke',
    '--certificate',
    pair('before').certificateFile,
    '--reason',
    'superseded',
  ]);
  await expect.poll(() => ocsp('before'), { timeout: 2_000, interval: 100 }).toContain(': revoked');
  const url = `http://127.0.0.1:${four.ports.CRL_PUBLIC_PORT}/crl/${AUTHORITY_ID}.crl`;
  const published = (): Promise<ReadonlySet<string>> =>
    revokedSerials({ url, authorityFile: authority.certificateFile, folder });
  await expect.poll(published, { timeout: 20_000, interval: 250 }).toEqual(new Set([parsed('before').serialNumber]));
});

it('charges each check once, through a kill -9 of responder and meter', async () => {
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  const before = await chargedChecks(folder);
  for (let n = 0; n < 5; n += 1) expect(await ocsp('after')).toContain(': good');
  await Promise.all([four.process('ocsp-responder').stop('SIGKILL'), four.process('billing-meter').stop('SIGKILL')]);
  await Promise.all([four.restart('ocsp-responder'), four.restart('billing-meter')]);
  for (let n = 0; n < 5; n += 1) expect(await ocsp('after')).toContain(': good');
  await expect.poll(() => chargedChecks(folder), { timeout: 20_000, interval: 500 }).toBe(before + 10);
  const { totals, statements } = await exportMonth(folder);
  expect(BigInt(totals.listAmount)).toBe(BigInt(totals.quantity) * 20n);
  expect(statements.map(({ customer }) => customer)).toEqual([PROVIDER]);
});

it('turns nobody away while a responder that was killed is coming back', { timeout: BUSY_MS }, async () => {
  await four.process('ocsp-responder').stop('SIGKILL');
  const said: string[] = [];
  const back = new AbortController();
  const asking = (async () => {
    while (!back.signal.aborted) said.push(await saidTo('after'));
  })();
  await four.restart('ocsp-responder', { KAKUNIN_DRAIN_SECONDS: '3' });
  back.abort();
  await asking;
  said.push(await saidTo('after'));
  expect(said.filter((each) => !/^(nothing|good|tryLater (not_ready|status_data_stale))$/.test(each))).toEqual([]);
  expect(said.at(-1)).toBe('good');
});

/** What the responder says to a bare request: the status, or the refusal and its code; `nothing` while it is not there. */
async function saidTo(name: 'before' | 'after'): Promise<string> {
  const authorityCertificate = parseCertificate(certificateDer(readFileSync(authority.certificateFile)));
  const body = Buffer.from(encodeOcspRequest({ certIds: [certIdOf(authorityCertificate, parsed(name).serialNumber)] }));
  const headers = { 'content-type': 'application/ocsp-request' };
  const url = `http://127.0.0.1:${four.ports.OCSP_PLAIN_PORT}/ocsp/${SERVICE_PROVIDER}`;
  const response = await fetch(url, { method: 'POST', headers, body }).catch(() => undefined);
  if (!response) return 'nothing';
  const answer = parseOcspResponse(Buffer.from(await response.arrayBuffer()));
  if (answer.status !== 'successful') return `${answer.status} ${response.headers.get('kakunin-error')}`;
  return answer.basic.responses[0]!.certStatus.status;
}

it(
  'loses no answer while one of two responders is restarted, for callers that follow readiness',
  { timeout: BUSY_MS },
  async () => {
    const { OCSP_PLAIN_PORT, OCSP_MTLS_PORT, OCSP_MANAGEMENT_PORT } = await freePorts();
    const other = startProcess('apps/ocsp-responder/dist/main.js', {
      ...four.environment,
      KAKUNIN_OCSP_DATA_DIRECTORY: join(folder, 'other-responder'),
      KAKUNIN_OCSP_PLAIN_PORT: `${OCSP_PLAIN_PORT}`,
      KAKUNIN_OCSP_MTLS_PORT: `${OCSP_MTLS_PORT}`,
      KAKUNIN_OCSP_MANAGEMENT_PORT: `${OCSP_MANAGEMENT_PORT}`,
    });
    await ready(other, OCSP_MANAGEMENT_PORT);
    const [one, two] = [four.ports, { OCSP_PLAIN_PORT, OCSP_MANAGEMENT_PORT }].map((ports) => ({
      url: `http://127.0.0.1:${ports.OCSP_PLAIN_PORT}/ocsp/${SERVICE_PROVIDER}`,
      managementPort: ports.OCSP_MANAGEMENT_PORT,
    })) as [Responder, Responder];
    const caller = new FollowingCaller([one, two], authority.certificateFile, parsed('after').serialNumber);
    try {
      await expect.poll(() => caller.asks(one) && caller.asks(two), { timeout: 10_000 }).toBe(true);
      expect(await four.process('ocsp-responder').stop()).toBe(0);
      expect(caller.asks(one)).toBe(false);
      await four.restart('ocsp-responder');
      await expect.poll(() => caller.asks(one), { timeout: 10_000 }).toBe(true);
    } finally {
      await caller.stop();
      await other.stop();
    }
    expect([caller.lost, caller.answered > 0]).toEqual([0, true]);
  },
);

it('shows the page with the data of all services', async () => {
  const page = await (await fetch(`http://127.0.0.1:${four.ports.CRL_PUBLIC_PORT}/`)).text();
  expect(page).toContain(`/crl/${AUTHORITY_ID}.crl`);
  expect(page).not.toContain('取得できません');
});
