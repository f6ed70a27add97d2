import { expect, it } from 'vitest';
import { type ObjectStoreUnderTest, octetsOf, write } from './scene.ts';

export function objects(adapter: ObjectStoreUnderTest): void {
  writingOnce(adapter);
  putting(adapter);
  reading(adapter);
}

function writingOnce({ empty }: ObjectStoreUnderTest): void {
  it('writes an object once', async () => {
    const [store] = await empty();
    await write(store, 'crl/a/1.crl', 'first');
    await expect(write(store, 'crl/a/1.crl', 'second')).rejects.toMatchObject({ code: 'object_exists' });
    expect(await octetsOf(await store.open('crl/a/1.crl'))).toBe('first');
  });

  it('lets exactly one of two processes write an object', async () => {
    const [store, again] = await empty();
    const rivals = await Promise.allSettled([
      write(store, 'crl/a/7.crl', 'one'),
      write(await again(), 'crl/a/7.crl', 'two'),
    ]);
    expect(rivals.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const winner = rivals[0].status === 'fulfilled' ? 'one' : 'two';
    expect(await octetsOf(await store.open('crl/a/7.crl'))).toBe(winner);
  });
}

function putting({ empty }: ObjectStoreUnderTest): void {
  it('says whether exactly these octets lie there', async () => {
    const [store, again] = await empty();
    expect(await store.put('usage/one', Buffer.from('one'))).toBe(true);
    expect(await (await again()).put('usage/one', Buffer.from('one'))).toBe(true);
    expect(await store.put('usage/one', Buffer.from('two'))).toBe(false);
    expect(await store.put('usage/one', Buffer.from('one!'))).toBe(false);
    expect(await store.put('usage/none', Buffer.alloc(0))).toBe(true);
    expect(await octetsOf(await store.open('usage/one'))).toBe('one');
  });

  it('lets many put the same, and one of many put something else', async () => {
    const [store, again] = await empty();
    const other = await again();
    const both = [store, other, store, other];
    const same = await Promise.all(both.map((one) => one.put('same', Buffer.from('same'))));
    expect(same).toEqual([true, true, true, true]);
    const different = await Promise.all(both.map((one, writer) => one.put('different', Buffer.from(`${writer}`))));
    expect(different.filter(Boolean)).toEqual([true]);
    expect(await octetsOf(await store.open('different'))).toBe(String(different.indexOf(true)));
  });
}

function reading({ empty }: ObjectStoreUnderTest): void {
  it.each([
    [{ start: 0 }, '0123456789'],
    [{ start: 3 }, '3456789'],
    [{ start: 3, end: 5 }, '34'],
    [{ start: 0, end: 1 }, '0'],
    [{ start: 9, end: 10 }, '9'],
    [{ start: 8, end: 99 }, '89'],
    [{ start: 4, end: 4 }, ''],
    [{ start: 5, end: 3 }, ''],
    [{ start: 10 }, ''],
    [{ start: 99 }, ''],
  ])('reads the octets %j', async (range, expected) => {
    const [store] = await empty();
    await write(store, 'digits', '0123456789');
    expect(await octetsOf(await store.open('digits'), range)).toBe(expected);
    const staged = await store.stage([Buffer.from('0123456789')]);
    expect(await octetsOf(staged, range)).toBe(expected);
    await staged.discard();
  });

  it('says when an object was written, and tags it', async () => {
    const [store] = await empty();
    const before = Date.now();
    await write(store, 'one', 'one');
    const found = await store.open('one');
    expect(found?.storedAt).toBeGreaterThan(before - 2_000);
    expect(found?.storedAt).toBeLessThan(Date.now() + 2_000);
    expect(found?.etag).toMatch(/^[^"]+$/);
    expect((await store.open('one'))?.etag).toBe(found?.etag);
  });

  it('knows nothing of what was never written', async () => {
    const [store] = await empty();
    expect(await store.open('nothing')).toBeUndefined();
    expect(await store.target('nothing')).toBeUndefined();
  });
}
