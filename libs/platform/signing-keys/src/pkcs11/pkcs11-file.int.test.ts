import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readPkcs11File } from './pkcs11-file.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'kakunin-pkcs11-file-'));
});
afterEach(() => rm(directory, { recursive: true }));

const KEY = { module: '/lib/token.so', tokenLabel: 'ocsp', keyLabel: 'responder', pinFile: 'pin' };

async function read(content: unknown) {
  const file = join(directory, 'pkcs11.json');
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
  return readPkcs11File(file);
}

test('a key by label; its PIN lies beside the file, and what is left out has a default', async () => {
  expect(await read(KEY)).toEqual({
    token: {
      module: '/lib/token.so',
      tokenLabel: 'ocsp',
      slot: undefined,
      pinFile: join(directory, 'pin'),
      sessions: 4,
    },
    key: { label: 'responder', id: undefined },
    timeLimit: 5_000,
  });
});

test('a key by id in a slot, with a PIN elsewhere', async () => {
  const { module } = KEY;
  const found = await read({ module, slot: 7, keyId: 'a1b2', pinFile: '/run/pin', sessions: 8, timeLimitMs: 900 });
  expect(found).toMatchObject({ token: { slot: 7, pinFile: '/run/pin', sessions: 8 }, key: { id: 'a1b2' } });
  expect(found.timeLimit).toBe(900);
});

const without = (key: keyof typeof KEY) => Object.fromEntries(Object.entries(KEY).filter(([name]) => name !== key));

test.each<[string, unknown, string]>([
  ['the PIN itself', { ...KEY, pin: '246810' }, 'pin'],
  ['neither label nor slot', without('tokenLabel'), 'give tokenLabel or slot'],
  ['label and slot', { ...KEY, slot: 1 }, 'give tokenLabel or slot'],
  ['no key', without('keyLabel'), 'give keyLabel, keyId or both'],
  ['an id that is no hexadecimal', { ...KEY, keyId: 'xyz' }, 'keyId: '],
  ['half an octet', { ...KEY, keyId: 'abc' }, 'keyId: '],
  ['no library', without('module'), 'module: '],
  ['no PIN', without('pinFile'), 'pinFile: '],
  ['no session', { ...KEY, sessions: 0 }, 'sessions: '],
  ['no time', { ...KEY, timeLimitMs: 0 }, 'timeLimitMs: '],
  ['no JSON', '{', 'expected object'],
])('%s is refused, and what is wrong is named', async (_, content, problem) => {
  const refusal = await read(content).catch((error: unknown) => error);
  expect(refusal).toMatchObject({ code: 'malformed_file', message: expect.stringContaining(problem) });
  expect((refusal as Error).message).not.toContain('246810');
});
