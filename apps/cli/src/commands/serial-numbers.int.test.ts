import { afterAll, beforeAll, expect, it } from 'vitest';
import { commandLine } from '../testing/command-line.ts';
import { FakeService, surroundingsOf } from '../testing/fake-service.ts';

let service: FakeService;
beforeAll(async () => {
  service = await FakeService.start();
});
afterAll(() => service.close());

const shell = () => {
  const { files, profile } = surroundingsOf(service);
  return commandLine({ profile, files });
};
const bodies = () => service.seen.map(({ body }) => JSON.parse(body.toString()) as Record<string, unknown>);

it('allots as many as are wanted, in requests that give the same again', async () => {
  service.answer(() => ({ body: { keyVersion: 1, serialNumbers: ['1a', '1b'], honeySerialNumbers: ['1c'] } }));
  const args = ['serial-numbers', 'allot', '--authority', 'a', '--request-id', 'r', '--count', '70000'];
  expect(await shell()(...args)).toMatchObject({
    exitCode: 0,
    stdout: '1a\n1b\n1a\n1b\n',
    stderr: expect.stringContaining('2 more are for certificates that nobody holds'),
  });
  expect(bodies()).toEqual([
    { authorityId: 'a', requestId: 'r.0', count: 65_536 },
    { authorityId: 'a', requestId: 'r.1', count: 4_464 },
  ]);
});

it('names honey in JSON', async () => {
  service.answer(() => ({ body: { keyVersion: 1, serialNumbers: ['1a'], honeySerialNumbers: ['1c'] } }));
  const args = ['--authority', 'a', '--request-id', 'r', '--count', '1', '-o', 'json'];
  const { stdout } = await shell()('serial-numbers', 'allot', ...args);
  expect(JSON.parse(stdout)).toEqual({ serialNumbers: ['1a'], honeySerialNumbers: ['1c'] });
});

it('makes a key once, and goes on under it', async () => {
  service.answer(() => ({ body: { keyVersion: 2 } }));
  const run = shell();
  const key = ['serial-numbers', 'create-key', '--authority', 'a', '--key-version', '2', '--directory', 'keys'];
  expect(await run(...key)).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('a/sealing-2.key') });
  expect(await run(...key)).toMatchObject({ exitCode: 1 });
  const rotated = await run('serial-numbers', 'rotate-key', '--authority', 'a', '--key-version', '2');
  expect(rotated).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('key version 2') });
  expect(bodies()).toEqual([{ authorityId: 'a', keyVersion: 2 }]);
});

it.each([
  ['allot', '--request-id', 'r', '--count', '0'],
  ['allot', '--request-id', 'a b', '--count', '1'],
  ['rotate-key', '--key-version', '128'],
])('%s with %s %s … is a matter of usage', async (...args) => {
  expect(await shell()('serial-numbers', ...args, '--authority', 'a')).toMatchObject({ exitCode: 2 });
});
