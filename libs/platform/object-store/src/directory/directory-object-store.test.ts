import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { largeObjectsContract, objectStoreContract, type ObjectStoreUnderTest } from '@kakunin/testing';
import { DirectoryObjectStore } from './directory-object-store.ts';

const parent = mkdtempSync(join(tmpdir(), 'kakunin-objects-'));
let directories = 0;
const emptyDirectory = (): string => join(parent, String(directories++));
afterAll(() => rmSync(parent, { recursive: true }));

const adapter: ObjectStoreUnderTest = {
  empty: async () => {
    const directory = emptyDirectory();
    return [await DirectoryObjectStore.at(directory), () => DirectoryObjectStore.at(directory)];
  },
  away: async () => {
    const directory = emptyDirectory();
    const store = await DirectoryObjectStore.at(directory);
    rmSync(directory, { recursive: true });
    return store;
  },
};
objectStoreContract('DirectoryObjectStore', adapter);
largeObjectsContract('DirectoryObjectStore', adapter);

describe('DirectoryObjectStore', () => {
  it('lays objects and pointers out as plain files, for a web server to serve', async () => {
    const directory = emptyDirectory();
    const store = await DirectoryObjectStore.at(directory);
    const staged = await store.stage([Buffer.from('one')]);
    await staged.publish('crl/a/1.crl');
    await staged.discard();
    await store.point('crl/a.crl', 'crl/a/1.crl');
    expect(readFileSync(join(directory, 'crl/a.crl'), 'utf8')).toBe('one');
    expect(readdirSync(join(directory, '.staging'))).toEqual([]);
  });

  it('leaves nothing behind when the content breaks off', async () => {
    const directory = emptyDirectory();
    const store = await DirectoryObjectStore.at(directory);
    const broken = (function* () {
      yield Buffer.from('half');
      throw new Error('the signer is gone');
    })();
    await expect(store.stage(broken)).rejects.toThrow('the signer is gone');
    expect(readdirSync(join(directory, '.staging'))).toEqual([]);
  });

  it('says what to do when the directory cannot be made', async () => {
    const file = emptyDirectory();
    writeFileSync(file, '');
    await expect(DirectoryObjectStore.at(join(file, 'store'))).rejects.toMatchObject({
      code: 'store_unavailable',
      message: expect.stringContaining('check that its directory'),
    });
  });
});
