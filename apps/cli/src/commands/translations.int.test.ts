import { verify } from 'node:crypto';
import { challengeMessage } from '@kakunin/linkage';
import { createTestCa, type IssuedCertificate } from '@kakunin/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { commandLine, type Outcome } from '../testing/command-line.ts';
import { FakeService, surroundingsOf } from '../testing/fake-service.ts';

const TOKEN = 'T'.repeat(43);
const PPID = '17Q2M'.padEnd(34, '0');
let service: FakeService;
let leaf: IssuedCertificate;
let run: (...args: string[]) => Promise<Outcome>;

beforeAll(async () => {
  service = await FakeService.start();
  leaf = await (await createTestCa()).issue();
  const { files, profile } = surroundingsOf(service);
  const all = { ...files, 'leaf.pem': leaf.certificatePem, 'leaf.key': leaf.keyPem };
  run = commandLine({ profile, files: all });
});
afterAll(() => service.close());

const ISSUE = 'sectors translation issue --certificate leaf.pem --key leaf.key --service-provider sp-a --to sp-b';
const REDEEM = `sectors translation redeem --token ${TOKEN} --service-provider sp-b`;
const sent = () => service.seen.at(-1)!;

it('gets a token that the person has signed for: for this introducer, and for nobody but the other', async () => {
  const challenge = Buffer.alloc(32, 7);
  service.answer(({ path }) =>
    path === '/challenges'
      ? { status: 201, body: { challengeId: 'c', challenge: challenge.toString('base64') } }
      : { body: { token: TOKEN, expiresAt: 600_000 } },
  );
  const { exitCode, stdout, stderr } = await run(...ISSUE.split(' '));
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: `${TOKEN}\n` });
  expect(stderr).toContain('sp-b redeems it once, until 1970-01-01 09:10:00 JST');
  expect(sent()).toMatchObject({ method: 'POST', path: '/sectors/translations' });
  const { signature, ...body } = JSON.parse(`${sent().body}`) as Record<string, string>;
  const certificate = Buffer.from(leaf.certificate.der).toString('base64');
  expect(body).toEqual({ serviceProvider: 'sp-a', to: 'sp-b', challengeId: 'c', certificate });
  const parties = { challenge, platformProvider: 'pf', serviceProvider: 'sp-a' };
  const key = { key: Buffer.from(leaf.certificate.publicKey), format: 'der', type: 'spki' } as const;
  const message = challengeMessage('translation to sp-b', parties);
  expect(verify('sha256', message, key, Buffer.from(signature!, 'base64'))).toBe(true);
});

it('redeems it for the name of the person', async () => {
  service.answer(() => ({ body: { ppid: PPID, previousPpid: `${PPID}X` } }));
  const { stdout, stderr } = await run(...REDEEM.split(' '));
  expect({ stdout, stderr }).toMatchObject({ stdout: `${PPID}\n`, stderr: expect.stringContaining('before') });
  expect(sent()).toMatchObject({ path: '/sectors/translations/redemptions' });
  expect(JSON.parse(`${sent().body}`)).toEqual({ serviceProvider: 'sp-b', token: TOKEN });
  const json = await run(...REDEEM.split(' '), '-o', 'json');
  expect(JSON.parse(json.stdout)).toEqual({ ppid: PPID, previousPpid: `${PPID}X` });
});

it('says that a token was used up, and how a rehearsal would go, without a word to the registry', async () => {
  service.answer(() => ({ status: 409, body: { code: 'translation_unusable', detail: 'It was redeemed.' } }));
  expect(await run(...REDEEM.split(' '))).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('redeemed') });
  const before = service.seen.length;
  for (const command of [ISSUE, REDEEM]) expect((await run(...command.split(' '), '--dry-run')).exitCode).toBe(0);
  expect((await run(...REDEEM.split(' '), '--dry-run')).stdout).not.toContain(TOKEN);
  expect(service.seen.length).toBe(before);
});
