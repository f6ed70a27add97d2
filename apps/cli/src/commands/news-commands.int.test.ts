import { createHash } from 'node:crypto';
import { createTestCa } from '@kakunin/testing';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { commandLine, type Outcome } from '../testing/command-line.ts';
import { FakeService, surroundingsOf } from '../testing/fake-service.ts';

const ENDPOINT = '5f0c2f3e-8f0b-4c39-9c55-8c1a3f9f2a11';
const AT = Date.UTC(2026, 10, 23, 3);
const FINGERPRINT = createHash('sha256').update('certificate').digest('hex');
let service: FakeService;
let run: (...args: string[]) => Promise<Outcome>;

beforeAll(async () => {
  service = await FakeService.start();
  const ca = await createTestCa();
  const base = await ca.issue();
  const { files, profile } = surroundingsOf(service);
  run = commandLine({
    profile,
    files: { ...files, 'base.pem': base.certificatePem, 'base.key': base.keyPem, 'list.txt': `${FINGERPRINT}\nnone\n` },
  });
});
afterAll(() => service.close());
beforeEach(() => void service.seen.splice(0));

const endpoint = { endpointId: ENDPOINT, serviceProvider: 'sp-a', url: 'https://sp.example.jp/', state: 'active' };
const sent = () => JSON.parse(service.seen[0]!.body.toString()) as object;

it('registers an endpoint as the platform provider, and shows its keys once', async () => {
  service.answer(() => ({ status: 201, body: { endpoint, key: { secret: 'whsec_a', publicKey: 'whpk_b' } } }));
  const outcome = await run('webhooks', 'register', '--service-provider', 'sp-a', '--url', 'https://sp.example.jp/');
  expect(outcome).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/whsec_a[^]*whpk_b/) });
  expect(service.seen[0]).toMatchObject({ method: 'POST', path: '/webhooks', caller: 'pf' });
  expect(sent()).toEqual({ serviceProvider: 'sp-a', url: 'https://sp.example.jp/' });
});

it('sends nothing on a dry run', async () => {
  for (const args of [
    ['register', '--service-provider', 'sp-a', '--url', 'https://sp.example.jp/'],
    ['rotate', ENDPOINT],
    ['redeliver', ENDPOINT],
    ['remove', ENDPOINT],
  ]) {
    expect(await run('webhooks', ...args, '--dry-run')).toMatchObject({ exitCode: 0 });
  }
  expect(service.seen).toEqual([]);
});

it('sends the dead letters anew that are named, or all', async () => {
  service.answer(() => ({ body: { revived: 2 } }));
  await run('webhooks', 'redeliver', ENDPOINT, '--sequence', '3', '--sequence', '5');
  expect(sent()).toEqual({ sequences: [3, 5] });
  expect((await run('webhooks', 'redeliver', ENDPOINT, '--sequence', 'x')).exitCode).toBe(2);
  const { stderr } = await run('webhooks', 'redeliver', ENDPOINT);
  expect(stderr).toContain('2 dead letters');
});

it('lists a page of a feed, and says how to go on', async () => {
  const event = { type: 'person_erased', serviceProvider: 'sp-a', ppid: 'PPID', at: AT };
  service.answer(() => ({ body: { items: [{ sequence: 8, event }], next: '8' } }));
  const { stdout, stderr } = await run('linkage-events', 'list', '--service-provider', 'sp-a', '--cursor', '7');
  expect(service.seen[0]!.path).toBe('/linkage-events?cursor=7&limit=100&serviceProvider=sp-a');
  expect(stdout).toMatch(/8 +2026-11-23 12:00:00.* person_erased +PPID/);
  expect(stderr).toContain('--cursor 8');
});

it('says with its exit status that a credential has lost its ground', async () => {
  const credential = { serviceProvider: 'sp-a', kind: 'account', reference: 'a', stateSince: AT, baseNotAfter: AT };
  const show = ['derived-credentials', 'show', '--service-provider', 'sp-a', '--reference', 'a'];
  service.answer(() => ({ body: { ...credential, state: 'grounded' } }));
  expect((await run(...show)).exitCode).toBe(0);
  service.answer(() => ({ body: { ...credential, state: 'ended' } }));
  expect(await run(...show)).toMatchObject({ exitCode: 1, stdout: expect.stringContaining('ended since') });
});

it('asks for a name of the credential before it asks the person', async () => {
  const common = ['--base', 'base.pem', '--key', 'base.key', '--service-provider', 'sp-a'];
  expect((await run('derived-credentials', 'register', ...common)).stderr).toContain('--reference');
  const certificate = await run('derived-credentials', 'register', ...common, '--kind', 'certificate');
  expect(certificate).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('--certificate') });
  expect(service.seen).toEqual([]);
});

it('takes fingerprints only, and only for a matching that both consented to', async () => {
  const tags = ['matchings', 'tags', ENDPOINT, '--service-provider', 'sp-a', '--fingerprints'];
  expect(await run(...tags, 'list.txt')).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('Line 2') });
  service.answer(() => ({ body: [] }));
  expect((await run('matchings', 'list', '--service-provider', 'sp-a')).exitCode).toBe(0);
  expect(service.seen[0]).toMatchObject({ path: '/matchings?serviceProvider=sp-a', caller: 'pf' });
});
