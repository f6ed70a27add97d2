import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestCa } from '@kakunin/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { commandLine, type Outcome } from '../testing/command-line.ts';
import { FakeService, surroundingsOf } from '../testing/fake-service.ts';

let service: FakeService;
let der: Buffer;
let run: (...args: string[]) => Promise<Outcome>;
const folder = mkdtempSync(join(tmpdir(), 'kakunin-evidence-'));
const file = join(folder, 'file.zip');

beforeAll(async () => {
  service = await FakeService.start();
  const { certificate, certificatePem } = await (await createTestCa()).issue();
  der = Buffer.from(certificate.der);
  const { files, profile } = surroundingsOf(service);
  run = commandLine({
    profile: { ...profile, publisherUrl: service.url },
    files: { ...files, 'cert.pem': certificatePem },
  });
});
afterAll(() => service.close());

const get = (output: string) => run('evidence', 'get', 'cert.pem', '--at', '2026-11-01T00:00:00+09:00', '-o', output);

it('puts the evidence into a file', async () => {
  service.answer(() => ({ body: Buffer.from('a ZIP file') }));
  const { exitCode, stderr } = await get(file);
  expect([exitCode, stderr]).toEqual([
    0,
    'Evidence of 2026-11-01 00:00:00 JST. Its README.txt says how to verify it.\n',
  ]);
  expect(readFileSync(file, 'utf8')).toBe('a ZIP file');
  const { path, method, body, caller } = service.seen.at(-1)!;
  expect({ path, method, caller }).toEqual({ path: '/evidence', method: 'POST', caller: 'office' });
  expect(JSON.parse(body.toString())).toEqual({ certificate: der.toString('base64'), at: '2026-10-31T15:00:00.000Z' });
});

it('or gives it to the next program', async () => {
  service.answer(() => ({ body: Buffer.from('a ZIP file') }));
  expect((await get('-')).stdout).toBe('a ZIP file');
});

it('says why there is none, and leaves no file', async () => {
  service.answer(() => ({ status: 404, body: { code: 'no_crl_then', detail: 'No CRL had been published by then.' } }));
  const other = join(folder, 'other.zip');
  const { exitCode, stderr } = await get(other);
  expect(exitCode).toBe(1);
  expect(stderr).toContain('no_crl_then');
  expect(existsSync(other)).toBe(false);
});

const summary = { authorityId: 'a', series: 1, records: 9, bundles: 2, heads: { 'crl/a.crl': 'ab'.repeat(32) } };
const lines = (...values: unknown[]): string => values.map((value) => `${JSON.stringify(value)}\n`).join('');

it('an audit that finds nothing ends with 0', async () => {
  service.answer(() => ({ body: lines({ ...summary, faults: 0 }) }));
  const { exitCode, stdout } = await run('evidence', 'audit', '--authority', 'a');
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/records +9\n/);
  expect(stdout).toContain('ab'.repeat(32));
  expect(service.seen.at(-1)!.path).toBe('/evidence/audit?authority=a');
});

it('one that finds something says what, and ends with 1', async () => {
  const finding = { finding: 'record_missing', key: 'crl/a/4.crl' };
  service.answer(() => ({ body: lines(finding, { ...summary, faults: 1 }) }));
  const asText = await run('evidence', 'audit', '--authority', 'a');
  expect(asText).toMatchObject({ exitCode: 1 });
  expect(asText.stdout).toContain('record missing: crl/a/4.crl\n');
  const asJson = await run('evidence', 'audit', '--authority', 'a', '-o', 'json');
  expect(asJson.stdout).toBe(lines(finding, { ...summary, faults: 1 }));
});

it('one that breaks off is no audit', async () => {
  service.answer(() => ({ body: lines({ finding: 'record_missing', key: 'crl/a/4.crl' }) }));
  expect((await run('evidence', 'audit', '--authority', 'a')).exitCode).toBe(3);
});
