import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestCa } from '@kakunin/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { commandLine } from './testing/command-line.ts';

/** What people do wrong: nothing is sent, the exit code is 2 and one line says what to do. */
const nowhere = { registryUrl: 'https://127.0.0.1:1', publisherUrl: 'https://127.0.0.1:1' };
const outside = mkdtempSync(join(tmpdir(), 'kakunin-wrong-'));
let run: ReturnType<typeof commandLine>;

beforeAll(async () => {
  const { certificatePem } = await createTestCa();
  const files = { 'ca.pem': certificatePem, text: 'hello\n', empty: '', 'bad-profile.json': '{' };
  run = commandLine({ profile: nowhere, files });
});
afterAll(() => rmSync(outside, { recursive: true }));

const UUID = 'A UUID, such as';
it.each([
  ['certificate revoke --certificate missing.pem', 'missing.pem cannot be read: there is no such file or folder.'],
  ['certificate revoke --certificate .', '. cannot be read: it is a folder.'],
  ['certificate revoke --certificate text/cert.pem', 'a part of its path is no folder.'],
  ['certificate revoke --certificate empty', 'empty holds no X.509 certificate (PEM or DER).'],
  ['certificate revoke --authority g1 --serial xyz', 'A serial number is hexadecimal, at most 20 octets.'],
  ['--profile missing.json authority list', 'cannot be read: there is no such file or folder.'],
  ['--profile bad-profile.json authority list', 'is not valid:'],
  ['--client-certificate ca.pem authority list', '--client-certificate and --client-key go together'],
  ['certificates import . --authority g1 --format csv', 'it is a folder (which --format certificates takes).'],
  ['certificates import text --authority g1 --report missing/report', 'cannot be written: there is no such file'],
  ['relying-party register PF-A --name a --kind office', 'Lower case letters, digits and hyphens, such as'],
  ['authority register Signature-G2 --certificate ca.pem --class signature', 'Lower case letters, digits'],
  ['persons retract 17', UUID],
  ['persons merge --request-id 17', UUID],
  ['webhooks verify 17', UUID],
  ['matchings consent 17 --service-provider a', UUID],
  ['sectors merge consent 17 --service-provider a --note text', UUID],
  ['crl sync http://127.0.0.1:1/ copy --manifest-key text --authority a=ca.pem', 'text holds no public key (PEM).'],
  ['crl sync http://127.0.0.1:1/ copy --manifest-key text --authority a', 'Give --authority as ID=FILE'],
  ['evidence get ca.pem --at 2026-11-01T00:00:00 -o evidence.zip', 'an instant with its zone'],
  ['billing simulate 2026-10 --fee-resumes 2026-11-31', 'A day in Japan such as 2026-10-31.'],
  ['billing close 2026-00', 'A month in Japan such as 2026-10.'],
  ['caller limit pf --calls-per-hour 0', 'A whole number from 1.'],
])('kakunin %s', async (line, says) => {
  const { exitCode, stdout, stderr } = await run(...line.split(' '));
  expect([exitCode, stdout]).toEqual([2, '']);
  expect(stderr).toContain(says);
  expect(stderr).not.toMatch(/ENOENT|EISDIR|\n\s+at /);
});

it('does not call a list by the wrong format', async () => {
  const csv = 'serial_number,not_after\r\n0a,2036-12-31T23:59:59+09:00\r\n';
  const dryRun = ['certificates', 'import', 'list', '--authority', 'g1', '--dry-run'];
  const as = (content: string | Buffer) => commandLine({ files: { list: content } });
  const wrong = await as(csv)(...dryRun);
  expect(wrong).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('--format says what a list is.') });
  for (const text of [csv, `\ufeff${csv}`, csv.replaceAll('\r\n', '\n')]) {
    const { exitCode, stdout } = await as(text)(...dryRun, '--format', 'csv');
    expect([exitCode, stdout]).toEqual([0, expect.stringMatching(/readable +1\n/)]);
  }
  const shiftJis = Buffer.concat([
    Buffer.from('serial_number,not_after,holder\n0a,2036-12-31T23:59:59+09:00,'),
    Buffer.of(0x93, 0x8c),
  ]);
  expect((await as(shiftJis)(...dryRun, '--format', 'csv')).stdout).toContain('iconv -t UTF-8');
});

it('shows a hundred rejected lines, and how many more there are', async () => {
  const list = 'V\tnever\n'.repeat(250);
  const { stdout } = await commandLine({ files: { list } })(
    'certificates',
    'import',
    'list',
    '--authority',
    'g1',
    '--dry-run',
  );
  expect(stdout).toMatch(/\n {1,3}100 {2}Expected[^\n]+\n… and 150 more\n$/);
});
