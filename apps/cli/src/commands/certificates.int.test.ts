import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestCa } from '@kakunin/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { commandLine } from '../testing/command-line.ts';
import { FakeService, surroundingsOf } from '../testing/fake-service.ts';

let service: FakeService;
beforeAll(async () => {
  service = await FakeService.start();
});
afterAll(() => service.close());

const LINES = 30_000;
const list = Array.from(
  { length: LINES },
  (_, n) => `V\t301231235959Z\t\t${(n + 1).toString(16)}\tunknown\t/CN=a\n`,
).join('');
/** As the registry answers: lines. */
const lines = (...answers: object[]) => ({
  headers: { 'content-type': 'application/x-ndjson' },
  body: answers.map((answer) => `${JSON.stringify(answer)}\n`).join(''),
});
const args = ['certificates', 'import', 'index.txt', '--authority', 'a'];

function shell(options: { stdin?: string; isTTY?: boolean; index?: string } = {}) {
  const { files, profile } = surroundingsOf(service);
  return commandLine({ ...options, profile, files: { ...files, 'index.txt': options.index ?? list } });
}

it('streams a file and says on stderr how far it got', async () => {
  service.answer(() =>
    lines({ progress: { line: LINES } }, { summary: { imported: LINES, unchanged: 0, rejected: 0 } }),
  );
  const { exitCode, stdout, stderr } = await shell({ isTTY: true })(...args);
  expect([exitCode, stdout]).toEqual([
    0,
    'LINES       COUNT\nimported   30,000\nunchanged       0\nrejected        0\n',
  ]);
  expect(stderr).toMatch(/30,000 lines sent, [\d,]+\/s, 100 %, 0 s left\nAll is sent/);
  const [request] = service.seen;
  const importId = createHash('sha256').update(list).digest('hex');
  expect(request!.path).toBe(`/authorities/a/certificates/import?format=index.txt&importId=${importId}`);
  expect(request!.body.toString()).toBe(list);
});

it('streams stdin', async () => {
  service.answer(() => lines({ summary: { imported: 1, unchanged: 0, rejected: 0 } }));
  await shell({ stdin: 'serial_number,not_after\n' })(
    'certificates',
    'import',
    '-',
    '--authority',
    'a',
    '--format',
    'csv',
  );
  expect(service.seen[0]!.body.toString()).toBe('serial_number,not_after\n');
});

it('names rejected lines with their reason, and ends with 1', async () => {
  const errors = [{ line: 7, reason: 'The expiry is no time.' }];
  service.answer(() => lines(...errors, { summary: { imported: 9, unchanged: 0, rejected: 3 } }));
  const { exitCode, stdout } = await shell()(...args);
  expect(exitCode).toBe(1);
  expect(stdout).toContain('   7  The expiry is no time.\n… and 2 more\n');
});

it('reads the list without sending it on a dry run', async () => {
  service.answer(() => ({}));
  const { exitCode, stdout } = await shell({ index: `${list}broken\n` })(...args, '--dry-run');
  expect([exitCode, service.seen.length]).toEqual([1, 0]);
  expect(stdout).toMatch(/readable +30,000/);
  expect(stdout).toContain('30001');
});

it('takes a refusal that comes while the list is still being sent', async () => {
  service.answer(() => ({ status: 404, body: { code: 'authority_unknown', detail: 'There is no authority "a".' } }));
  expect(await shell()(...args)).toMatchObject({ exitCode: 1, stdout: '' });
});

it.each(['missing.txt', '.'])('ends with 2 when %s is no file to read', async (file) => {
  expect(await shell()('certificates', 'import', file, '--authority', 'a')).toMatchObject({ exitCode: 2 });
});

it('says how far the list was taken when the registry goes away, or breaks off', async () => {
  service.answer(() => lines({ progress: { line: 2_000 } }));
  const gone = await shell()(...args);
  expect(gone).toMatchObject({
    exitCode: 3,
    stderr: expect.stringContaining('taken 2000 lines. Run this again: it goes on'),
  });
  const problem = { code: 'database_unavailable', detail: 'The database is away.' };
  service.answer(() => lines({ progress: { line: 2_000 } }, { problem }));
  expect(await shell()(...args)).toMatchObject({ exitCode: 1, stderr: expect.stringContaining(problem.detail) });
});

it('sends certificates with what is said of all of them', async () => {
  service.answer(() => lines({ summary: { imported: 1, unchanged: 0, rejected: 0 } }));
  const options = ['--format', 'certificates', '--carrier', 'smartphone', '--partition', '13101', '--import-id', 'x'];
  await shell({ stdin: 'PEM' })('certificates', 'import', '-', '--authority', 'a', ...options);
  expect(service.seen[0]!.path).toBe(
    '/authorities/a/certificates/import?format=certificates&carrier=smartphone&partition=13101&importId=x',
  );
  expect(await shell()(...args, '--format', 'crl', '--dry-run')).toMatchObject({ exitCode: 2 });
});

it('writes every rejected line into the report, and sends the certificates of a folder as PEM', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kakunin-certificates-'));
  const { certificate, certificatePem } = await createTestCa();
  writeFileSync(join(folder, '1.pem'), certificatePem);
  writeFileSync(join(folder, '2.der'), certificate.der);
  const rejected = Array.from({ length: 1_200 }, (_, index) => ({ line: index + 1, reason: 'Nobody signed it.' }));
  service.answer(() => lines(...rejected, { summary: { imported: 0, unchanged: 0, rejected: 1_200 } }));
  const report = join(folder, 'rejected.ndjson');
  const options = ['--authority', 'a', '--format', 'certificates', '--report', report];
  const { exitCode, stdout } = await shell()('certificates', 'import', folder, ...options);
  expect([exitCode, stdout]).toEqual([1, expect.stringContaining('… and 1,100 more')]);
  expect(
    readFileSync(report, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual(rejected);
  expect(service.seen[0]!.body.toString().match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
  rmSync(folder, { recursive: true });
});

it('says how far a list was taken', async () => {
  const state = {
    format: 'csv',
    line: 2_000,
    imported: 1_990,
    unchanged: 4,
    rejected: 6,
    begunAt: 0,
    completedAt: null,
  };
  service.answer(() => ({ body: state }));
  const run = shell();
  const under = await run('certificates', 'imported', 'of-june', '--authority', 'a');
  expect(under).toMatchObject({ exitCode: 1, stdout: expect.stringMatching(/csv +2,000 +1,990 +4 +6 +1970-01-01/) });
  expect(service.seen.at(-1)!.path).toBe('/authorities/a/imports/of-june');
  service.answer(() => ({ body: { ...state, completedAt: 1 } }));
  const json = await run('certificates', 'imported', 'of-june', '--authority', 'a', '-o', 'json');
  expect(json.exitCode).toBe(0);
  expect(JSON.parse(json.stdout)).toMatchObject({ completedAt: 1 });
});
