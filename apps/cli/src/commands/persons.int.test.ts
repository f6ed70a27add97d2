import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { commandLine, type Outcome } from '../testing/command-line.ts';
import { FakeService, surroundingsOf } from '../testing/fake-service.ts';

let service: FakeService;
let run: (...args: string[]) => Promise<Outcome>;
beforeAll(async () => {
  service = await FakeService.start();
  const { files, profile } = surroundingsOf(service);
  run = commandLine({ profile, files: { ...files, note: 'a note' } });
});
afterAll(() => service.close());

const sent = () => service.seen.map(({ method, path, caller, body }) => ({ method, path, caller, body: `${body}` }));

it('persons are merged by handles; without a request id a fresh one is made and shown', async () => {
  service.answer(() => ({ body: { outcome: 'dry_run', told: { persons_merged: 2 } } }));
  const args = ['--authority', 'g1', '--holder', 'a', '--holder', 'b', '--dry-run'];
  const { exitCode, stdout } = await run('persons', 'merge', ...args);
  const shown = JSON.parse(stdout);
  expect({ exitCode, shown }).toMatchObject({ exitCode: 0, shown: { told: { persons_merged: 2 } } });
  expect(sent()).toMatchObject([{ method: 'POST', path: '/persons/merges', caller: 'office' }]);
  const persons = ['a', 'b'].map((holder) => ({ authorityId: 'g1', holder }));
  expect(JSON.parse(sent()[0]!.body)).toEqual({ requestId: shown.requestId, dryRun: true, persons });
});

it.each([
  [['persons', 'merge', '--holder', 'a'], '--authority'],
  [['persons', 'merge', '--authority', 'g1', '--holder', 'a'], 'two persons'],
  [['persons', 'erase'], 'one person'],
  [['data-keys', 'destroy', 'first'], 'number'],
])('%j is not understood', async (args, said) => {
  const { exitCode, stderr } = await run(...args);
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(said) });
});

it('an erasure is rehearsed without a word to the registry', async () => {
  service.answer(() => ({ status: 500 }));
  const before = service.seen.length;
  expect((await run('persons', 'erase', '--authority', 'g1', '--holder', 'a', '--dry-run')).exitCode).toBe(0);
  expect(service.seen.length).toBe(before);
});

it('a resealing goes on until it is through', async () => {
  const next = { column: 1, page: 64 };
  let calls = 0;
  service.answer(() => ({ body: { resealed: 5, done: ++calls, pages: 2, ...(calls < 2 && { next }) } }));
  expect(await run('data-keys', 'reseal')).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('10 rows') });
  expect(JSON.parse(sent().at(-1)!.body)).toEqual({ place: next });
});

it('a consent is handed in as it was signed', async () => {
  service.answer(() => ({ body: { consented: ['sp-a'] } }));
  const proposal = randomUUID();
  const { stderr } = await run('sectors', 'merge', 'consent', proposal, '--service-provider', 'sp-a', '--note', 'note');
  expect(stderr).toContain('waited for');
  expect(sent().at(-1)).toMatchObject({ path: `/sectors/merges/${proposal}/consents` });
  expect(JSON.parse(sent().at(-1)!.body)).toEqual({
    serviceProvider: 'sp-a',
    consent: Buffer.from('a note').toString('base64'),
  });
});
