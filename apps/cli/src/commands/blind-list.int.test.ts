import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { BlindListBuilder } from '@kakunin/blind-list';
import { createTestCa } from '@kakunin/testing';
import { beforeAll, expect, it } from 'vitest';
import { commandLine, type Outcome } from '../testing/command-line.ts';

const NOW = Date.parse('2026-11-23T03:00:00Z');
const HOUR = 3_600_000;
const sha256 = (octets: Uint8Array): Buffer => createHash('sha256').update(octets).digest();
let run: (...args: string[]) => Promise<Outcome>;

beforeAll(async () => {
  const keys = generateKeyPairSync('ed25519');
  const spki = { type: 'spki', format: 'pem' } as const;
  const other = await createTestCa();
  const ca = await createTestCa();
  const validity = { notBefore: NOW - 9 * HOUR, notAfter: NOW + 9 * HOUR };
  const [good, revoked] = [await ca.issue(validity), await ca.issue(validity)];
  const newer = await ca.issue({ ...validity, notBefore: NOW - HOUR });
  const builder = new BlindListBuilder({ salt: new Uint8Array(16).fill(1), certificates: 2 });
  builder.add(sha256(good.certificate.der), false);
  builder.add(sha256(revoked.certificate.der), true);
  const issuerKeyHash = sha256(ca.certificate.publicKeyBits);
  const at = NOW - HOUR;
  const times = { number: 4, thisUpdate: at, nextUpdate: NOW + HOUR, issuedBefore: at };
  const list = Buffer.from(builder.build({ issuerKeyHash, ...times }));
  run = commandLine({
    now: NOW,
    files: {
      'ca.pem': ca.certificatePem,
      'other.pem': other.certificatePem,
      'good.pem': good.certificatePem,
      'revoked.pem': revoked.certificatePem,
      'newer.pem': newer.certificatePem,
      'key.pem': keys.publicKey.export(spki),
      'p256.pem': ca.certificatePem,
      'list.kbl': list,
      'list.kbl.sig': sign(null, list, keys.privateKey),
      'altered.kbl': Buffer.concat([list, Buffer.of(0)]),
      'altered.kbl.sig': sign(null, list, keys.privateKey),
    },
  });
});

const check = (certificate: string, ...options: string[]): Promise<Outcome> =>
  run(
    'blind-list',
    'check',
    certificate,
    '--issuer',
    'ca.pem',
    '--list',
    'list.kbl',
    '--signing-key',
    'key.pem',
    ...options,
  );

it('says of a certificate whether it is revoked, and by which list', async () => {
  const good = await check('good.pem');
  expect(good).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(/^good\nlist 4, as of .* JST\n$/) as string,
  });
  const revoked = await check('revoked.pem', '-o', 'json');
  expect(revoked.exitCode).toBe(1);
  expect(JSON.parse(revoked.stdout)).toMatchObject({
    status: 'revoked',
    list: { thisUpdate: '2026-11-23T02:00:00.000Z' },
  });
});

it('does not guess, and says so with its exit code', async () => {
  const newer = await check('newer.pem');
  expect(newer).toMatchObject({ exitCode: 3, stdout: expect.stringContaining('not_covered: ') as string });
  expect(newer.stdout).toContain('(newer)');
});

it.each([
  [['--issuer', 'other.pem'], 1, 'did not issue this certificate'],
  [['--list', 'altered.kbl'], 1, 'signature_invalid'],
  [['--delta', 'list.kbl'], 1, 'lists_differ'],
  [['--signing-key', 'p256.pem'], 2, 'no Ed25519 key'],
  [['--signing-key', 'list.kbl'], 2, 'no public key'],
  [['--list', 'nowhere.kbl'], 2, 'nowhere.kbl'],
])('relies on nothing that is not right: %j', async (options, exitCode, message) => {
  expect(await check('good.pem', ...options)).toMatchObject({
    exitCode,
    stdout: '',
    stderr: expect.stringContaining(message) as string,
  });
});
