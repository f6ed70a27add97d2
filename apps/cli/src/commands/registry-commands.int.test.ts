import { verify } from 'node:crypto';
import { identificationMessage } from '@kakunin/linkage';
import { createTestCa, type IssuedCertificate, type TestCa } from '@kakunin/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { commandLine, type Outcome } from '../testing/command-line.ts';
import { FakeService, surroundingsOf } from '../testing/fake-service.ts';

let service: FakeService;
let generations: [TestCa, TestCa];
let leaf: IssuedCertificate;
let run: (...args: string[]) => Promise<Outcome>;

beforeAll(async () => {
  service = await FakeService.start();
  // Two keys under one name, as the key generations of a family are.
  generations = [await createTestCa(), await createTestCa()];
  leaf = await generations[1].issue({ serialNumber: 'abcdef' });
  const { files, profile } = surroundingsOf(service);
  run = commandLine({
    profile,
    files: {
      ...files,
      'g2.pem': generations[1].certificatePem,
      'leaf.pem': leaf.certificatePem,
      'leaf.der': Buffer.from(leaf.certificate.der),
      'leaf.key': leaf.keyPem,
    },
  });
});
afterAll(() => service.close());

const authorities = () =>
  generations.map(({ certificate }, index) => ({
    authorityId: `signature-g${index + 1}`,
    certificateClass: 'signature',
    certificate: Buffer.from(certificate.der).toString('base64'),
    serialScheme: { kind: 'random' },
  }));

/** Answers reads of authorities; everything else goes to `posts`. */
const answerWrites = (posts: () => object = () => ({ status: 200, body: {} })) =>
  service.answer(({ method }) => (method === 'GET' ? { body: authorities() } : posts()));

it('registers an authority as the office', async () => {
  answerWrites();
  const args = ['authority', 'register', 'signature-g2', '--class', 'signature', '--certificate', 'g2.pem'];
  expect(await run(...args)).toMatchObject({ exitCode: 0, stdout: '' });
  const [request] = service.seen;
  expect(request).toMatchObject({ method: 'POST', path: '/authorities', caller: 'office' });
  expect(JSON.parse(request!.body.toString())).toEqual({ ...authorities()[1], holderRealm: 'default' });
});

it.each([
  [['--serial-scheme', 'sealed', '--cert-hash'], { serialScheme: { kind: 'sealed' }, certHash: true }],
  [
    ['--serial-scheme', 'sequential', '--first-serial', '0x00FF'],
    { serialScheme: { kind: 'sequential', first: 'ff' } },
  ],
])('registers an authority with %j', async (options, told) => {
  answerWrites();
  const args = ['authority', 'register', 'signature-g2', '--class', 'signature', '--certificate', 'g2.pem'];
  expect(await run(...args, ...options)).toMatchObject({ exitCode: 0, stdout: '' });
  const body = JSON.parse(service.seen.at(-1)!.body.toString());
  expect(body).toEqual({ ...authorities()[1], holderRealm: 'default', ...told });
});

it('lists authorities with what their certificates say', async () => {
  answerWrites();
  const { stdout } = await run('authority', 'list');
  expect(stdout).toMatch(/^AUTHORITY +CLASS/);
  expect(stdout).toMatch(
    /signature-g1 +signature +random +EC P-256 +20\d\d-\d\d-\d\d +CN=Test CA, O=Kakunin Test, C=JP/,
  );
  expect(JSON.parse((await run('authority', 'list', '-o', 'json')).stdout)).toHaveLength(2);
});

it.each(['leaf.pem', 'leaf.der'])('finds the key generation that issued %s by its signature', async (file) => {
  answerWrites();
  const outcome = await run('certificate', 'revoke', '--certificate', file, '--reason', 'keyCompromise');
  expect(outcome).toMatchObject({
    exitCode: 0,
    stderr: 'The certificate of signature-g2 is revoked (keyCompromise).\n',
  });
  const { path, body } = service.seen.at(-1)!;
  expect(path).toBe('/authorities/signature-g2/revocations');
  expect(JSON.parse(body.toString())).toEqual({ serialNumber: 'abcdef', reason: 'keyCompromise' });
});

it('takes a serial number from stdin, and never shows it', async () => {
  answerWrites();
  const { files, profile } = surroundingsOf(service);
  const shell = commandLine({ profile, files, stdin: '0x00:AB:CD\n' });
  const { exitCode, stderr, stdout } = await shell('certificate', 'hold', '--authority', 'a', '--serial', '-');
  expect(exitCode).toBe(0);
  expect(JSON.parse(service.seen[0]!.body.toString())).toEqual({ serialNumber: 'abcd' });
  expect(stdout + stderr + service.seen[0]!.path).not.toMatch(/ab:?cd/i);
});

it('has the status of a certificate stated again', async () => {
  answerWrites();
  const { exitCode, stderr } = await run('certificate', 'restate', '--certificate', 'leaf.pem');
  expect([exitCode, stderr]).toEqual([
    0,
    'The certificate of signature-g2 is stated again, as it stands in the registry.\n',
  ]);
  const { path, body } = service.seen.at(-1)!;
  expect(path).toBe('/authorities/signature-g2/restatements');
  expect(JSON.parse(body.toString())).toEqual({ serialNumber: 'abcdef' });
});

it('tells the registry what it needs of an issued certificate', async () => {
  answerWrites();
  await run('certificate', 'issue', '--certificate', 'leaf.pem', '--holder', 'H-1', '--carrier', 'smartphone');
  expect(JSON.parse(service.seen.at(-1)!.body.toString())).toMatchObject({
    serialNumber: 'abcdef',
    notAfter: leaf.certificate.notAfter,
    carrier: 'smartphone',
    holder: 'H-1',
    fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
  });
});

it('sends nothing on a dry run', async () => {
  answerWrites();
  const { exitCode, stderr } = await run('certificate', 'release', '--certificate', 'leaf.pem', '--dry-run');
  expect([exitCode, service.seen.every(({ method }) => method === 'GET')]).toEqual([0, true]);
  expect(stderr).toContain('Nothing was sent');
});

it('refuses a certificate that nobody registered issued', async () => {
  service.answer(() => ({ body: authorities().slice(0, 1) }));
  const { exitCode, stderr } = await run('certificate', 'revoke', '--certificate', 'leaf.pem');
  expect([exitCode, stderr]).toEqual([1, 'kakunin: No registered authority issued this certificate.\n']);
});

it('shows a problem as a sentence with its code, and ends with 1', async () => {
  const problem = {
    type: 'x',
    title: 'Final',
    status: 409,
    code: 'finally_revoked',
    detail: 'It is revoked for good.',
  };
  answerWrites(() => ({ status: 409, body: problem }));
  const { exitCode, stdout, stderr } = await run('certificate', 'release', '--certificate', 'leaf.pem');
  expect([exitCode, stdout]).toEqual([1, '']);
  expect(stderr).toBe('kakunin: The linkage registry refuses (finally_revoked): It is revoked for good.\n');
});

it('ends with 3 when the service cannot work now', async () => {
  service.answer(() => ({ status: 503, body: { code: 'database_unavailable', detail: 'The database is away.' } }));
  expect(await run('authority', 'list')).toMatchObject({ exitCode: 3 });
});

it('recognises that something else answers', async () => {
  service.answer(() => ({ body: '<html>' }));
  const { exitCode, stderr } = await run('authority', 'list');
  expect(exitCode).toBe(1);
  expect(stderr).toContain('is not the linkage registry');
});

it('trusts no server that the CA file does not vouch for', async () => {
  const { files, profile } = surroundingsOf(service);
  const shell = commandLine({ profile, files: { ...files, 'ca.pem': generations[0].certificatePem } });
  const { exitCode, stderr } = await shell('authority', 'list');
  expect(exitCode).toBe(3);
  expect(stderr).toMatch(/not trusted.*CA file/);
});

it('signs the challenge of an identification, as the PF provider', async () => {
  const challenge = Buffer.alloc(32, 9);
  const identification = { ppid: 'ppid-1', status: 'good', since: 0, succeeded: true };
  service.answer(({ path }) =>
    path === '/challenges'
      ? { body: { challengeId: 'c1', challenge: challenge.toString('base64') } }
      : { body: identification },
  );
  const args = ['identify', '--certificate', 'leaf.pem', '--key', 'leaf.key', '--service-provider', 'sp'];
  const { exitCode, stdout } = await run(...args);
  expect([exitCode, stdout]).toEqual([0, 'ppid-1\n']);
  expect(service.seen.map(({ caller }) => caller)).toEqual(['pf', 'pf']);
  const { signature, ...rest } = JSON.parse(service.seen[1]!.body.toString()) as Record<string, string>;
  expect(rest).toMatchObject({ serviceProvider: 'sp', challengeId: 'c1' });
  const message = identificationMessage({ challenge, platformProvider: 'pf', serviceProvider: 'sp' });
  const { publicKey } = leaf.certificate;
  const key = { key: Buffer.from(publicKey), format: 'der', type: 'spki' } as const;
  expect(verify('sha256', message, key, Buffer.from(signature!, 'base64'))).toBe(true);
});

it('registers relying parties and their credentials', async () => {
  service.answer(() => ({ body: {} }));
  await run(
    'relying-party',
    'register',
    'pf',
    '--name',
    'PF',
    '--kind',
    'platform_provider',
    '--role',
    'platform_provider',
  );
  await run('relying-party', 'credential', 'add', 'pf', '--certificate', 'leaf.pem');
  await run('relying-party', 'credential', 'revoke', 'pf', '--certificate', 'leaf.pem');
  const bodies = service.seen.map(({ method, path, body }) => [method, path, JSON.parse(body.toString()) as object]);
  expect(bodies).toEqual([
    ['PUT', '/relying-parties/pf', { name: 'PF', kind: 'platform_provider', roles: ['platform_provider'] }],
    [
      'POST',
      '/relying-parties/pf/credentials',
      { certificate: expect.stringContaining('BEGIN CERTIFICATE') as string },
    ],
    [
      'POST',
      '/relying-parties/pf/credentials/revocations',
      { fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/) as string },
    ],
  ]);
});

it('lists dead letters and resolves one', async () => {
  const letter = {
    topic: 'certificate-events',
    partition: 3,
    offset: '41',
    key: 'signature-g1',
    consumer: 'status-feed',
    reason: 'malformed',
    time: 0,
  };
  service.answer(() => ({ body: [letter] }));
  expect((await run('dead-letters', 'list')).stdout).toMatch(
    /3 +41 +signature-g1 +status-feed +1970-01-01 09:00:00 JST +malformed/,
  );
  expect(service.seen[0]!.path).toBe('/dead-letters?topic=certificate-events');
  service.answer(() => ({}));
  const args = [
    'dead-letters',
    'resolve',
    '--authority',
    'signature-g1',
    '--partition',
    '3',
    '--offset',
    '41',
    '--note',
    'sent again',
  ];
  expect(await run(...args)).toMatchObject({ exitCode: 0 });
  expect(JSON.parse(service.seen[0]!.body.toString())).toEqual({
    authorityId: 'signature-g1',
    partition: 3,
    offset: '41',
    note: 'sent again',
  });
});
