import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { keysOf, type ObjectStoreUnderTest, octetsOf } from './scene.ts';

export function staging(adapter: ObjectStoreUnderTest): void {
  publishing(adapter);
  givingUp(adapter);
}

function publishing({ empty }: ObjectStoreUnderTest): void {
  it('shows staged content to nobody until it is published', async () => {
    const [store, again] = await empty();
    const staged = await store.stage([Buffer.from('to'), Buffer.from('kyo')]);
    expect(staged).toMatchObject({ bytes: 5, sha256: createHash('sha256').update('tokyo').digest('hex') });
    expect(await octetsOf(staged)).toBe('tokyo');
    expect(await store.open('crl/a/1.crl')).toBeUndefined();
    expect(await keysOf(store, '')).toEqual([]);
    await staged.publish('crl/a/1.crl');
    await staged.discard();
    const published = await (await again()).open('crl/a/1.crl');
    expect(published?.bytes).toBe(5);
    expect(await octetsOf(published)).toBe('tokyo');
  });

  it('takes content from an asynchronous source, empty content too', async () => {
    const [store] = await empty();
    const staged = await store.stage(
      (async function* () {
        yield* [];
      })(),
    );
    await staged.publish('empty');
    await staged.discard();
    expect((await store.open('empty'))?.bytes).toBe(0);
    expect(await octetsOf(await store.open('empty'))).toBe('');
  });

  it('keeps what another process has staged', async () => {
    const [store, again] = await empty();
    const staged = await store.stage([Buffer.from('one')]);
    await again();
    await staged.publish('one');
    await staged.discard();
    expect(await octetsOf(await store.open('one'))).toBe('one');
  });
}

function givingUp({ empty }: ObjectStoreUnderTest): void {
  it('forgets what was discarded', async () => {
    const [store] = await empty();
    const staged = await store.stage([Buffer.from('x')]);
    await staged.discard();
    await staged.discard();
    await expect(staged.publish('crl/x')).rejects.toMatchObject({ code: 'store_unavailable' });
    expect(await store.open('crl/x')).toBeUndefined();
  });

  it('hands on why a source broke off, and keeps nothing of it', async () => {
    const [store] = await empty();
    const broken = (function* () {
      yield Buffer.from('half');
      throw new Error('the signer is gone');
    })();
    await expect(store.stage(broken)).rejects.toThrow('the signer is gone');
    expect(await keysOf(store, '')).toEqual([]);
  });
}
