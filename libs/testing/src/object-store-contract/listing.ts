import { expect, it } from 'vitest';
import { keysOf, type ObjectStoreUnderTest, octetsOf } from './scene.ts';

const KEYS = ['a', 'b-1', 'b.x', 'b/1', 'b/10', 'b/2', 'b/2.x', 'b/c/d', 'b0', 'c/d/e/f'];

export function listing({ empty }: ObjectStoreUnderTest): void {
  it('lists objects in the order of their keys, and no pointers', async () => {
    const [store] = await empty();
    for (const key of KEYS.toReversed()) await store.put(key, Buffer.from(key));
    for (const pointer of ['b/newest', 'a0', 'z']) await store.point(pointer, 'b/1');
    expect(await keysOf(store, '')).toEqual(KEYS);
    for (const prefix of ['b/', 'b', 'b/1', 'b/c', 'c/d/', 'x', 'a/'] as const) {
      expect(await keysOf(store, prefix)).toEqual(KEYS.filter((key) => key.startsWith(prefix)));
    }
    for (const after of [...KEYS, 'b/', 'b/1/x', '0', 'zz']) {
      expect(await keysOf(store, '', after)).toEqual(KEYS.filter((key) => key > after));
      expect(await keysOf(store, 'b/', after)).toEqual(KEYS.filter((key) => key.startsWith('b/') && key > after));
    }
    for await (const { key, bytes } of store.list('')) expect(bytes).toBe(key.length);
  });

  it('removes objects, but none that a pointer stands at', async () => {
    const [store] = await empty();
    for (const key of KEYS) await store.put(key, Buffer.from(key));
    await store.point('newest', 'b/1');
    await store.point('newest', 'b/2');
    await expect(store.remove('a', 'b/2')).rejects.toMatchObject({ code: 'object_in_use' });
    expect(await keysOf(store, '')).toEqual(KEYS);
    await store.remove('a', 'b/1', 'never-there', 'newest');
    expect(await keysOf(store, '')).toEqual(KEYS.filter((key) => key !== 'a' && key !== 'b/1'));
    expect(await store.target('newest')).toBe('b/2');
    await store.put('a', Buffer.from('another'));
    expect(await octetsOf(await store.open('a'))).toBe('another');
  });
}
