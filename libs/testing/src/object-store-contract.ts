import { createHash } from 'node:crypto';
import type { ObjectStore } from '@kakunin/objects';
import { describe, expect, it } from 'vitest';

async function bytesOf(content: { read(): AsyncIterable<Uint8Array> } | undefined): Promise<string | undefined> {
  if (!content) return undefined;
  const chunks: Uint8Array[] = [];
  for await (const chunk of content.read()) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

async function write(store: ObjectStore, key: string, text: string): Promise<void> {
  const staged = await store.stage([Buffer.from(text)]);
  try {
    await staged.publish(key);
  } finally {
    await staged.discard();
  }
}

type Open = () => Promise<ObjectStore>;

/** What every adapter of `ObjectStore` must do. @param open makes an empty store */
export function objectStoreContract(name: string, open: Open): void {
  describe(`${name} as an ObjectStore`, () => {
    staging(open);
    writingOnce(open);
    pointing(open);
    names(open);
  });
}

function staging(open: Open): void {
  it('shows staged content to nobody until it is published', async () => {
    const store = await open();
    const staged = await store.stage([Buffer.from('to'), Buffer.from('kyo')]);
    expect(staged).toMatchObject({ bytes: 5, sha256: createHash('sha256').update('tokyo').digest('hex') });
    expect(await bytesOf(staged)).toBe('tokyo');
    expect(await store.open('crl/a/1.crl')).toBeUndefined();
    await staged.publish('crl/a/1.crl');
    await staged.discard();
    const published = await store.open('crl/a/1.crl');
    expect(published?.bytes).toBe(5);
    expect(await bytesOf(published)).toBe('tokyo');
  });

  it('takes content from an asynchronous source, empty content too', async () => {
    const store = await open();
    const staged = await store.stage(
      (async function* () {
        yield* [];
      })(),
    );
    await staged.publish('empty');
    await staged.discard();
    expect((await store.open('empty'))?.bytes).toBe(0);
  });

  it('forgets what was discarded', async () => {
    const store = await open();
    const staged = await store.stage([Buffer.from('x')]);
    await staged.discard();
    await staged.discard();
    await expect(staged.publish('crl/x')).rejects.toMatchObject({ code: 'store_unavailable' });
    expect(await store.open('crl/x')).toBeUndefined();
  });
}

function writingOnce(open: Open): void {
  it('writes an object once', async () => {
    const store = await open();
    await write(store, 'crl/a/1.crl', 'first');
    await expect(write(store, 'crl/a/1.crl', 'second')).rejects.toMatchObject({ code: 'object_exists' });
    expect(await bytesOf(await store.open('crl/a/1.crl'))).toBe('first');
  });

  it('lets exactly one of two rivals write an object', async () => {
    const store = await open();
    const rivals = await Promise.allSettled(['one', 'two'].map((text) => write(store, 'crl/a/7.crl', text)));
    expect(rivals.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });
}

function pointing(open: Open): void {
  it('moves a pointer from object to object', async () => {
    const store = await open();
    await write(store, 'crl/a/1.crl', 'first');
    await write(store, 'crl/a/2.crl', 'second');
    expect(await store.target('crl/a.crl')).toBeUndefined();
    await store.point('crl/a.crl', 'crl/a/1.crl');
    expect(await store.target('crl/a.crl')).toBe('crl/a/1.crl');
    await store.point('crl/a.crl', 'crl/a/2.crl');
    expect(await store.target('crl/a.crl')).toBe('crl/a/2.crl');
    expect(await store.open('crl/a.crl')).toBeUndefined();
  });

  it('never shows a pointer that is missing while it moves', async () => {
    const store = await open();
    await write(store, 'a/1', 'first');
    await write(store, 'a/2', 'second');
    await store.point('a/newest', 'a/1');
    const moves = (async () => {
      for (let move = 0; move < 50; move++) await store.point('a/newest', move % 2 ? 'a/1' : 'a/2');
    })();
    const seen = new Set<string | undefined>();
    for (let look = 0; look < 200; look++) seen.add(await store.target('a/newest'));
    await moves;
    expect([...seen].filter((target) => target !== 'a/1' && target !== 'a/2')).toEqual([]);
  });

  it('refuses a pointer to nothing', async () => {
    const store = await open();
    await expect(store.point('crl/a.crl', 'crl/a/1.crl')).rejects.toMatchObject({ code: 'object_missing' });
  });
}

function names(open: Open): void {
  it.each(['', '/crl', 'crl/', '../crl', 'crl/../../x', 'crl//x', '.staging/x', 'CRL', 'crl/\u0000', 'a'.repeat(513)])(
    'refuses the key %j',
    async (key) => {
      const store = await open();
      await expect(store.open(key)).rejects.toMatchObject({ code: 'invalid_key' });
      await expect(store.target(key)).rejects.toMatchObject({ code: 'invalid_key' });
      await expect(write(store, key, 'x')).rejects.toMatchObject({ code: 'invalid_key' });
    },
  );
}
