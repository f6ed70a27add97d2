import { generateKeyPairSync, verify } from 'node:crypto';
import {
  appendEntry,
  type AuditDraft,
  type AuditHead,
  type ChainedEntry,
  EMPTY_CHAIN,
  headOf,
  signAuditHead,
} from '@kakunin/audit';
import { challengeMessage } from '@kakunin/linkage';
import { createTestCa, type IssuedCertificate } from '@kakunin/testing';
import { ed25519NoteSigner, formatVerifierKey } from '@kakunin/usage-ledger';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { commandLine, type Outcome } from '../testing/command-line.ts';
import { FakeService, surroundingsOf } from '../testing/fake-service.ts';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const signer = ed25519NoteSigner('registry/audit', privateKey);
const DRAFT: AuditDraft = { at: 0, caller: 'pf', action: 'identification', purpose: 'login', outcome: 'granted' };

function chainOf(drafts: readonly AuditDraft[]): readonly ChainedEntry[] {
  let head: AuditHead = EMPTY_CHAIN;
  return drafts.map((draft) => {
    const chained = appendEntry(head, draft);
    head = headOf(chained);
    return chained;
  });
}
const noteOf = (chain: readonly ChainedEntry[]): string =>
  Buffer.from(signAuditHead({ ...headOf(chain.at(-1)!), at: 0 }, signer)).toString();

const log = chainOf(Array.from({ length: 5 }, (_, at) => ({ ...DRAFT, at })));
let service: FakeService;
let leaf: IssuedCertificate;
let run: (...args: string[]) => Promise<Outcome>;
beforeAll(async () => {
  service = await FakeService.start();
  leaf = await (await createTestCa()).issue();
  const { files, profile } = surroundingsOf(service);
  const other = chainOf([{ ...DRAFT, caller: 'somebody-else' }]);
  const kept = { 'kept.note': noteOf(log.slice(0, 2)), 'other.note': noteOf(other) };
  run = commandLine({
    profile,
    files: { ...files, ...kept, 'leaf.pem': leaf.certificatePem, 'leaf.key': leaf.keyPem },
  });
});
afterAll(() => service.close());

/** A registry with this log, of which it gives two entries a page, and this head. */
const answerLog = (entries: readonly ChainedEntry[], head = noteOf(log)): void =>
  service.answer(({ path }) => {
    if (path === '/signing-keys') return { body: { auditHead: formatVerifierKey('registry/audit', publicKey) } };
    if (path.startsWith('/audit/heads')) return { body: { head, earlier: [] } };
    const from = Number(/from=(\d+)/.exec(path)?.[1]);
    const items = entries
      .slice(from, from + 2)
      .map(({ entry, hash }) => ({ entry, hash: Buffer.from(hash).toString('hex') }));
    return { body: { items, next: from + items.length } };
  });

it('verifies a log up to its signed head, and from one that was kept', async () => {
  answerLog(log);
  expect(await run('audit', 'verify')).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^5 entries/) });
  expect(await run('audit', 'verify', '--kept', 'kept.note', '--keep', 'now.note')).toMatchObject({ exitCode: 0 });
});

it.each([
  [
    'an entry was changed',
    log.map((each, at) => (at === 3 ? { ...each, entry: { ...each.entry, caller: 'x' } } : each)),
    [],
  ],
  ['the end was cut off', log.slice(0, 4), []],
  ['all was written anew after a head that was kept', log, ['--kept', 'other.note']],
])('fails when %s', async (_, entries, options) => {
  answerLog(entries);
  expect((await run('audit', 'verify', ...options)).exitCode).toBe(1);
});

it('fails when the head is not signed by the key that the auditor has', async () => {
  answerLog(log);
  const other = formatVerifierKey('registry/audit', generateKeyPairSync('ed25519').publicKey);
  expect((await run('audit', 'verify', '--key', other)).exitCode).toBe(1);
});

it("shows a holder's own entries, for a signature that serves for nothing else", async () => {
  const challenge = Buffer.alloc(32, 9);
  const { sequence, ...entry } = log[0]!.entry;
  service.answer(({ path }) =>
    path === '/challenges'
      ? { body: { challengeId: 'c1', challenge: challenge.toString('base64') } }
      : { body: { entries: [{ sequence, ...entry, onBehalfOf: 'sp' }], more: false } },
  );
  const args = ['--certificate', 'leaf.pem', '--key', 'leaf.key', '--service-provider', 'sp'];
  const { exitCode, stdout } = await run('audit', 'mine', ...args);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/pf +sp +identification +login +granted/);
  const { signature } = JSON.parse(service.seen[1]!.body.toString()) as { signature: string };
  const message = challengeMessage('holder-view', { challenge, platformProvider: 'pf', serviceProvider: 'sp' });
  const key = { key: Buffer.from(leaf.certificate.publicKey), format: 'der', type: 'spki' } as const;
  expect(verify('sha256', message, key, Buffer.from(signature, 'base64'))).toBe(true);
});

it('says who is blocked, and until when', async () => {
  const probing = { caller: 'pf', reason: 'probing', blockedAt: 0, until: 600_000, times: 1 };
  service.answer(() => ({ body: [probing, { caller: 'pf-b', reason: 'honey', blockedAt: 0, times: 1 }] }));
  const { stdout } = await run('caller', 'blocks');
  expect(stdout).toMatch(/pf +probing +1970-01-01 09:00:00 JST +1970-01-01 09:10:00 JST +1\n/);
  expect(stdout).toMatch(/pf-b +honey .* it is lifted +1\n/);
});

it('shows and changes what a caller may ask, and lifts a block', async () => {
  service.answer(({ method, body }) => ({
    body: method === 'PUT' ? (JSON.parse(body.toString()) as object) : { callsPerHour: 10, personsPerDay: 5 },
  }));
  expect((await run('caller', 'limit', 'pf', '--calls-per-hour', '2000')).stdout).toMatch(/PER DAY\n +2,000 +5\n$/);
  expect(service.seen.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'GET /relying-parties/pf/call-limit',
    'PUT /relying-parties/pf/call-limit',
  ]);
  expect((await run('caller', 'limit', 'pf', '--persons-per-day', 'many')).exitCode).toBe(2);
  expect((await run('caller', 'lift', 'pf')).exitCode).toBe(0);
  expect(service.seen.at(-1)).toMatchObject({ method: 'POST', path: '/probing-blocks/lifts', caller: 'office' });
});
