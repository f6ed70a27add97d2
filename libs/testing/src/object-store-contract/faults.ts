import { expect, it } from 'vitest';
import { keysOf, type ObjectStoreUnderTest, octetsOf, write } from './scene.ts';

const WRONG_KEYS = [
  '',
  '/crl',
  'crl/',
  '../crl',
  'crl/../../x',
  'crl//x',
  '.staging/x',
  'CRL',
  'crl/\u0000',
  'a'.repeat(513),
];

export function faults({ empty, away }: ObjectStoreUnderTest): void {
  it.each(WRONG_KEYS)('refuses the key %j', async (key) => {
    const [store] = await empty();
    const invalid = { code: 'invalid_key' };
    await expect(store.open(key)).rejects.toMatchObject(invalid);
    await expect(store.target(key)).rejects.toMatchObject(invalid);
    await expect(write(store, key, 'x')).rejects.toMatchObject(invalid);
    await expect(store.put(key, Buffer.from('x'))).rejects.toMatchObject(invalid);
    await expect(store.remove(key)).rejects.toMatchObject(invalid);
    await store.put('there', Buffer.from('x'));
    await expect(store.point(key, 'there')).rejects.toMatchObject(invalid);
    await expect(store.point('pointer', key)).rejects.toMatchObject(invalid);
    if (key !== '' && key !== 'crl/') await expect(keysOf(store, key)).rejects.toMatchObject(invalid);
  });

  it('says clearly that the store is away', async () => {
    const store = await away();
    const unavailable = {
      code: 'store_unavailable',
      message: expect.stringMatching(/^The object store refuses .*check/),
    };
    await expect(write(store, 'one', 'x')).rejects.toMatchObject(unavailable);
    await expect(store.put('two', Buffer.from('x'))).rejects.toMatchObject(unavailable);
    await expect(store.open('three').then((found) => octetsOf(found))).rejects.toMatchObject(unavailable);
    await expect(store.target('four')).rejects.toMatchObject(unavailable);
    await expect(keysOf(store, '')).rejects.toMatchObject(unavailable);
  });
}
