import type { ObjectStore } from '@kakunin/objects';
import { expect, it } from 'vitest';
import { type ObjectStoreUnderTest, write } from './scene.ts';

export function pointers(adapter: ObjectStoreUnderTest): void {
  moving(adapter);
  comparing(adapter);
  refusing(adapter);
}

async function withObjects(store: ObjectStore, count: number): Promise<readonly string[]> {
  const keys = Array.from({ length: count }, (_, number) => `crl/a/${number}.crl`);
  for (const key of keys) await store.put(key, Buffer.from(key));
  return keys;
}

function moving({ empty }: ObjectStoreUnderTest): void {
  it('moves a pointer from object to object', async () => {
    const [store, again] = await empty();
    const [first = '', second = ''] = await withObjects(store, 2);
    expect(await store.target('crl/a.crl')).toBeUndefined();
    expect(await store.point('crl/a.crl', first)).toBe(true);
    expect(await store.target('crl/a.crl')).toBe(first);
    expect(await (await again()).point('crl/a.crl', second)).toBe(true);
    expect(await store.target('crl/a.crl')).toBe(second);
    expect(await store.point('crl/a.crl', second)).toBe(true);
    expect(await store.open('crl/a.crl')).toBeUndefined();
  });

  it('never shows a pointer that is missing while it moves', async () => {
    const [store] = await empty();
    const [first = '', second = ''] = await withObjects(store, 2);
    await store.point('a/newest', first);
    const moves = (async () => {
      for (let move = 0; move < 50; move++) await store.point('a/newest', move % 2 ? first : second);
    })();
    const seen = new Set<string | undefined>();
    for (let look = 0; look < 200; look++) seen.add(await store.target('a/newest'));
    await moves;
    expect([...seen].filter((target) => target !== first && target !== second)).toEqual([]);
  });
}

function comparing({ empty }: ObjectStoreUnderTest): void {
  it('moves only from where it is expected', async () => {
    const [store] = await empty();
    const [first = '', second = '', third = ''] = await withObjects(store, 3);
    expect(await store.point('crl/a.crl', second, first)).toBe(false);
    expect(await store.target('crl/a.crl')).toBeUndefined();
    expect(await store.point('crl/a.crl', first, null)).toBe(true);
    expect(await store.point('crl/a.crl', second, null)).toBe(false);
    expect(await store.point('crl/a.crl', second, first)).toBe(true);
    expect(await store.point('crl/a.crl', third, first)).toBe(false);
    expect(await store.target('crl/a.crl')).toBe(second);
  });

  it('lets one of many processes make each step', async () => {
    const [store, again] = await empty();
    const processes = [store, await again(), await again()];
    const keys = await withObjects(store, 24);
    let expected: string | null = null;
    for (let step = 0; step < 8; step++) {
      const others = processes.map((one, rival) => one.point('crl/a.crl', keys[3 * step + rival] ?? '', expected));
      const moved = await Promise.all(others);
      expect(moved.filter(Boolean)).toEqual([true]);
      const target: string | undefined = await store.target('crl/a.crl');
      expect(target).toBe(keys[3 * step + moved.indexOf(true)]);
      expected = target ?? null;
    }
  });

  it('counts every step of processes that all start from what they see', async () => {
    const [store, again] = await empty();
    const keys = await withObjects(store, 31);
    await store.point('counter', keys[0] ?? '', null);
    const count = async (one: ObjectStore): Promise<void> => {
      for (let steps = 0; steps < 10;) {
        const seen = (await one.target('counter')) ?? '';
        if (await one.point('counter', keys[keys.indexOf(seen) + 1] ?? '', seen)) steps++;
      }
    };
    await Promise.all([count(store), count(await again()), count(await again())]);
    expect(await store.target('counter')).toBe(keys[30]);
  });
}

function refusing({ empty }: ObjectStoreUnderTest): void {
  it('refuses a pointer to nothing, and to another pointer', async () => {
    const [store] = await empty();
    await expect(store.point('crl/a.crl', 'crl/a/1.crl')).rejects.toMatchObject({ code: 'object_missing' });
    const [first = ''] = await withObjects(store, 1);
    await store.point('crl/a.crl', first);
    await expect(store.point('crl/b.crl', 'crl/a.crl')).rejects.toMatchObject({ code: 'object_missing' });
  });

  it('keeps the names of objects and pointers apart', async () => {
    const [store] = await empty();
    const [first = '', second = ''] = await withObjects(store, 2);
    await expect(store.point(first, second)).rejects.toMatchObject({ code: 'object_exists' });
    await store.point('crl/a.crl', first);
    await expect(write(store, 'crl/a.crl', 'x')).rejects.toMatchObject({ code: 'object_exists' });
    await expect(store.put('crl/a.crl', Buffer.from('x'))).rejects.toMatchObject({ code: 'object_exists' });
    expect(await store.target('crl/a.crl')).toBe(first);
  });
}
