import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeCrlManifest } from '@kakunin/publication';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { chargedChecks, exportMonth } from './support/billing.ts';
import { launchOneProcess, newFolder, type OneProcess, startOneProcess } from './support/one-process.ts';
import { revokedSerials } from './support/openssl-crl.ts';
import { kakunin, kakuninOk, run, workspace } from './support/processes.ts';

/** README's story, with the sandbox, word for word as the start prints it. */
const folder = newFolder('newcomer');
const environment = { KAKUNIN_LOG_LEVEL: 'error', KAKUNIN_BILLING_LEDGER_INTERVAL_SECONDS: '0.5' };
const at = (path: string): string => join(folder, '.kakunin/sandbox', path);
const SERVICE_PROVIDER = 'sandbox-sp-a';
let system: OneProcess;

beforeAll(async () => {
  system = await startOneProcess(folder, environment);
});
afterAll(async () => {
  await system.process.stop();
  rmSync(folder, { recursive: true });
});

const issuer = (authorityId: string): string => at(`authorities/${authorityId}/ca.pem`);
const specimen = (name: string): string => at(`certificates/${name}.pem`);

async function ocsp(name: string, authorityId: string, ...more: string[]): Promise<string> {
  const ca = issuer(authorityId);
  const args = [
    'ocsp',
    '-issuer',
    ca,
    '-cert',
    specimen(name),
    '-CAfile',
    ca,
    '-url',
    `${system.profile.ocspUrl}/${SERVICE_PROVIDER}`,
    ...more,
  ];
  const { stdout, stderr } = await run('openssl', args);
  return stdout + stderr;
}

it('prints the commands to paste', () => {
  const said = system.process.output();
  for (const text of [
    'openssl ocsp -issuer',
    'npx kakunin certificate revoke',
    'npx kakunin billing export',
    'npx kakunin identify',
    'curl -sO',
  ]) {
    expect(said).toContain(text);
  }
});

it.each([
  ['signature-valid', 'signature-g2', 'good'],
  ['signature-revoked', 'signature-g2', 'revoked'],
  ['signature-held', 'signature-g2', 'revoked'],
  ['signature-expired', 'signature-g1', 'good'],
  ['user-authentication-valid', 'user-authentication-g2', 'good'],
  ['user-authentication-after-renewal', 'user-authentication-g2', 'good'],
])('%s, asked with openssl, is %s: %s', async (name, authorityId, status) => {
  const answer = await ocsp(name, authorityId);
  expect(answer).toContain('Response verify OK');
  expect(answer).toContain(`${specimen(name)}: ${status}`);
});

it("makes the first call of the client's README, word for word, over mutual TLS", async () => {
  const client = (path: string): string => join(workspace, 'libs/client', path);
  cpSync(client('dist'), join(folder, 'node_modules/@kakunin/client'), { recursive: true });
  const [, code = ''] = /`check\.mjs`:\n\n```js\n([^]*?)```/.exec(readFileSync(client('README.md'), 'utf8')) ?? [];
  writeFileSync(join(folder, 'check.mjs'), code);
  const { stdout, stderr } = await run(process.execPath, ['check.mjs', '.kakunin'], { cwd: folder });
  expect(stdout + stderr).toMatch(/^good 20\d\d-\d\d-\d\dT[\d:]{8}\.000Z\n$/);
});

it('says revoked within 2 s after the revocation was acknowledged', async () => {
  expect(await ocsp('user-authentication-valid', 'user-authentication-g2')).toContain(': good');
  await kakuninOk(folder, [
    'certificate',
    'revoke',
    '--certificate',
    specimen('user-authentication-valid'),
    '--reason',
    'keyCompromise',
  ]);
  await expect
    .poll(() => ocsp('user-authentication-valid', 'user-authentication-g2'), { timeout: 2_000, interval: 100 })
    .toMatch(/: revoked[^]*keyCompromise/);
});

it('publishes a CRL that openssl verifies, with the new revocation in it', async () => {
  const url = `${system.profile.crlUrl}/user-authentication-g2.crl`;
  const { headers } = await fetch(url, { method: 'HEAD' });
  expect(headers.get('content-type')).toBe('application/pkix-crl');
  expect(headers.get('etag')).toMatch(/^"/);
  expect(headers.get('cache-control')).toContain('max-age=');
  const authorityFile = issuer('user-authentication-g2');
  const entries = async (): Promise<number> => (await revokedSerials({ url, authorityFile, folder })).size;
  // 125 revoked or held at the start, and the one above.
  await expect.poll(entries, { timeout: 10_000, interval: 250 }).toBe(126);
});

it('keeps a copy of a CRL, which goes by patches from one version to the next', async () => {
  const url = system.profile.crlUrl;
  const manifestKey = join(folder, 'manifest.pub.pem');
  writeFileSync(manifestKey, await (await fetch(`${url}/manifest.pub.pem`)).text());
  const listed = async () => {
    const { crls } = decodeCrlManifest(await (await fetch(`${url}/manifest.json`)).text());
    return crls.find(({ authorityId }) => authorityId === 'user-authentication-g2');
  };
  await expect
    .poll(async () => (await listed())?.patches?.length, { timeout: 20_000, interval: 250 })
    .toBeGreaterThan(0);
  const authority = `user-authentication-g2=${issuer('user-authentication-g2')}`;
  const sync = ['crl', 'sync', url, 'crls', '--manifest-key', manifestKey, '--authority', authority, '-o', 'json'];
  expect(JSON.parse(await kakuninOk(folder, sync))).toMatchObject({ crls: [{ outcome: 'downloaded' }], failures: [] });
  expect(JSON.parse(await kakuninOk(folder, sync))).toMatchObject({ crls: [{ outcome: 'current' }], failures: [] });
});

it('gives evidence of a moment that has passed, which openssl verifies, out of an archive that is whole', async () => {
  const asked = new Date(Date.now() - 1_000).toISOString();
  await kakuninOk(folder, ['evidence', 'get', specimen('signature-valid'), '--at', asked, '-o', 'evidence.zip']);
  await run('jar', ['xf', 'evidence.zip'], { cwd: folder });
  const files = ['-CAfile', 'authority.pem', '-CRLfile', 'crl.crl', 'certificate.pem'];
  const moment = String(Math.floor(Date.parse(asked) / 1_000));
  const verify = ['verify', '-attime', moment, '-partial_chain', '-crl_check', ...files];
  expect((await run('openssl', verify, { cwd: folder })).stdout).toBe('certificate.pem: OK\n');
  const audit = await kakuninOk(folder, ['evidence', 'audit', '--authority', 'signature-g2']);
  expect(audit).toMatch(/missing or altered +0\n/);
});

it('charges exactly the checks made, at 20 and 2 yen, with the waiver visible', async () => {
  const { totals: before } = await settled();
  for (let n = 0; n < 3; n += 1) await ocsp('signature-valid', 'signature-g2');
  for (let n = 0; n < 5; n += 1) await ocsp('user-authentication-after-renewal', 'user-authentication-g2');
  await expect.poll(() => chargedChecks(folder), { timeout: 10_000 }).toBe(Number(before.quantity) + 8);
  const { totals, statements } = await exportMonth(folder);
  expect(BigInt(totals.listAmount) - BigInt(before.listAmount)).toBe(3n * 20n + 5n * 2n);
  expect(BigInt(totals.waiverAmount)).toBe(-BigInt(totals.listAmount));
  expect(totals.amountDue).toBe('0');
  expect(new Set(statements.map(({ customer }) => customer))).toEqual(new Set(['sandbox-pf']));
  const table = await kakuninOk(folder, [
    'billing',
    'export',
    new Date(Date.now() + 9 * 3_600_000).toISOString().slice(0, 7),
  ]);
  expect(table).toContain(SERVICE_PROVIDER);
});

it('gives a receipt with each answer, and the record that it names is in the ledger of who pays', async () => {
  const receipts = join(folder, 'receipts.ndjson');
  for (let n = 0; n < 3; n += 1) {
    const asked = ['--certificate', specimen('signature-valid'), '--issuer', issuer('signature-g2')];
    const whose = ['--service-provider', SERVICE_PROVIDER, '--purpose', 'signature_verification'];
    await kakuninOk(folder, ['ocsp', 'query', '--mtls', '--receipts', receipts, ...asked, ...whose]);
  }
  expect(readFileSync(receipts, 'utf8').trimEnd().split('\n')).toHaveLength(3);
  const verify = () => kakunin(folder, ['ledger', 'verify', '--receipts', receipts]);
  await expect
    .poll(verify, { timeout: 15_000, interval: 500 })
    .toMatchObject({ status: 0, stdout: expect.stringContaining('誤りはありません。') });
  const [first] = readFileSync(receipts, 'utf8').split('\n');
  writeFileSync(receipts, first!.replace(/"recordHash":"../, '"recordHash":"AA'));
  expect(await verify()).toMatchObject({ status: 1, stdout: expect.stringContaining('receipt_differs') });
});

async function settled(): Promise<Awaited<ReturnType<typeof exportMonth>>> {
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  return exportMonth(folder);
}

const identify = async (name: string, serviceProvider: string): Promise<{ ppid: string; status: string }> =>
  JSON.parse(
    await kakuninOk(folder, [
      'identify',
      '--certificate',
      specimen(name),
      '--key',
      at(`certificates/${name}.key.pem`),
      '--service-provider',
      serviceProvider,
      '-o',
      'json',
    ]),
  );

it('gives one name for the person before and after renewal, and another one to another service', async () => {
  const before = await identify('signature-before-renewal', 'sandbox-sp-a');
  const after = await identify('signature-after-renewal', 'sandbox-sp-a');
  const otherFamily = await identify('user-authentication-after-renewal', 'sandbox-sp-a');
  const elsewhere = await identify('signature-after-renewal', 'sandbox-sp-b');
  expect(after.ppid).toBe(before.ppid);
  expect(otherFamily.ppid).toBe(before.ppid);
  expect(elsewhere.ppid).not.toBe(before.ppid);
});

it('shows the page: Japanese first, every authority, and today’s checks', async () => {
  const page = await (await fetch(new URL('/', system.profile.crlUrl))).text();
  expect(page).toMatch(/<html lang="ja"/);
  for (const id of ['signature-g1', 'signature-g2', 'user-authentication-g1', 'user-authentication-g2']) {
    expect(page).toContain(`/crl/${id}.crl`);
  }
  expect(page).not.toContain('取得できません');
});

it('refuses a second start on the same folder, and says who holds it', async () => {
  const second = launchOneProcess(folder);
  expect(await second.exited).toBe(1);
  expect(second.output()).toContain(`is in use by process ${system.process.pid}`);
  expect(second.output()).not.toMatch(/^\s+at /m);
});

it('says which port is taken', async () => {
  const port = new URL(system.profile.ocspUrl).port;
  const elsewhere = newFolder('port');
  const other = launchOneProcess(elsewhere, { KAKUNIN_OCSP_PLAIN_PORT: port });
  expect(await other.exited).toBe(2);
  expect(other.output()).toContain(`Port ${port} on 127.0.0.1 (listener "plain") is in use.`);
  rmSync(elsewhere, { recursive: true });
});

it('starts again on its data: the revocation and the charges are still there', async () => {
  const charged = (await settled()).totals.quantity;
  expect(await system.process.stop('SIGINT')).toBe(0);
  system = await startOneProcess(folder, environment);
  expect(await chargedChecks(folder)).toBe(Number(charged));
  expect(await ocsp('user-authentication-valid', 'user-authentication-g2')).toMatch(/: revoked/);
});

it('says in words when it is not there', async () => {
  const nowhere = newFolder('nowhere');
  const { status, stderr } = await kakunin(nowhere, ['authority', 'list']);
  rmSync(nowhere, { recursive: true });
  expect(status).toBe(2);
  expect(stderr).toContain('npm start');
});
