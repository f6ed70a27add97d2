import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSoftHsm, type SoftHsm } from '@kakunin/testing/soft-hsm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openRootKey } from './provide-keys.ts';

let hsm: SoftHsm;
beforeAll(async () => {
  hsm = await createSoftHsm();
  await hsm.makeAesKey('root');
  await hsm.makeAesKey('other');
});
afterAll(() => hsm.remove());

const directory = mkdtempSync(join(tmpdir(), 'kakunin-token-root-'));
function fileOf(keyLabel: string): string {
  const { module, tokenLabel, pinFile } = hsm;
  const file = join(directory, `${keyLabel}.json`);
  writeFileSync(file, JSON.stringify({ module, tokenLabel, pinFile, keyLabel, timeLimitMs: 20_000 }));
  return file;
}

it('wraps for one use, under a key that stays in its token', async () => {
  const root = await openRootKey(fileOf('root'));
  const key = Buffer.alloc(32, 7);
  const wrapped = await root.wrap('data key 1 sealing', key);
  expect(Buffer.from(wrapped).includes(key)).toBe(false);
  expect(Buffer.from(await root.unwrap('data key 1 sealing', wrapped))).toEqual(key);
  await expect(root.unwrap('data key 2 sealing', wrapped)).rejects.toThrow();
  const other = await openRootKey(fileOf('other'));
  expect(other.rootKeyId).not.toBe(root.rootKeyId);
  expect((await openRootKey(fileOf('root'))).rootKeyId).toBe(root.rootKeyId);
  await expect(other.unwrap('data key 1 sealing', wrapped)).rejects.toThrow();
});

it('says what is wrong with it', async () => {
  await expect(openRootKey(fileOf('nobody'))).rejects.toThrow(/ROOT_KEY_FILE.*no secret key/);
});
