import { fileURLToPath } from 'node:url';
import { Database } from '@kakunin/postgres';
import { createLogger, Health } from '@kakunin/runtime';
import { sharedTestPostgres, type TestDatabases } from '@kakunin/testing/postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { derivedDataKeys } from './data-keys.ts';
import { FileRootKey } from './file-root-key.ts';
import { KeyRing, KEYS_RELOADED_AFTER_MS } from './key-ring.ts';
import type { RootKey } from './root-key.ts';
import { Vault } from './vault.ts';

let server: TestDatabases;
beforeAll(async () => void (server = await sharedTestPostgres()));
afterAll(() => server.stop());

const migrationsDirectory = fileURLToPath(new URL('../../prisma/migrations', import.meta.url));
const rootOf = (octet: number): FileRootKey => new FileRootKey(Buffer.alloc(32, octet));
const clock = { at: 0, now: () => clock.at };

function ringOf(database: Database, current: RootKey, previous?: RootKey) {
  const vault = new Vault();
  const health = new Health();
  const roots = previous ? { current, previous } : { current };
  const ring = new KeyRing(database, vault, roots, clock, health, createLogger('registry', 'silent'));
  return { ring, vault, health };
}

async function inDatabase(name: string, work: (database: Database) => Promise<void>): Promise<void> {
  const database = new Database({ url: await server.createDatabase(name), migrationsDirectory });
  await work(database).finally(() => database.close());
}

describe('a database', () => {
  it('is opened by the root key that it was begun with, and by no other', () =>
    inDatabase('begun', async (database) => {
      const first = ringOf(database, rootOf(1));
      await expect(first.ring.ensure()).rejects.toMatchObject({ code: 'database_unavailable' });
      await database.whenReady();
      await first.ring.ensure();
      first.ring.onModuleInit();
      expect(first.health.report().ok).toBe(true);
      const wrong = ringOf(database, rootOf(2));
      await expect(wrong.ring.ensure()).rejects.toMatchObject({ code: 'root_key_differs' });
      wrong.ring.onModuleInit();
      expect(wrong.health.report().checks).toMatchObject([
        { ok: false, detail: expect.stringContaining('ROOT_KEY_FILE') },
      ]);
      const again = ringOf(database, rootOf(1));
      await again.ring.ensure();
      const sealed = first.vault.seal('me', Buffer.from('確認'));
      expect(again.vault.open('me', sealed).toString()).toBe('確認');
      expect(again.vault.serialIndex('a', '1')).toEqual(first.vault.serialIndex('a', '1'));
    }));

  it('from before there were envelopes goes on with its keys, and its root key stands', () =>
    inDatabase('before', async (database) => {
      await database.whenReady();
      await database.query('INSERT INTO root_key (key_check) VALUES ($1)', [rootOf(1).keyCheck]);
      await expect(ringOf(database, rootOf(2)).ring.ensure()).rejects.toMatchObject({ code: 'root_key_differs' });
      const { ring, vault } = ringOf(database, rootOf(1));
      await ring.ensure();
      const before = new Vault();
      before.load(derivedDataKeys(rootOf(1).octets));
      expect(vault.open('me', before.seal('me', Buffer.from('old'))).toString()).toBe('old');
      expect(vault.holderIndex('default', 'x')).toEqual(before.holderIndex('default', 'x'));
    }));

  it('is begun once, however many begin it', () =>
    inDatabase('together', async (database) => {
      await database.whenReady();
      const rings = Array.from({ length: 4 }, () => ringOf(database, rootOf(1)));
      await Promise.all(rings.map(({ ring }) => ring.ensure()));
      const sealed = rings[0]!.vault.seal('me', Buffer.from('one'));
      for (const { vault } of rings) expect(vault.open('me', sealed).toString()).toBe('one');
    }));
});

it('a root key is changed while the old one serves on, until its wrappings are removed', () =>
  inDatabase('rewrapped', async (database) => {
    await database.whenReady();
    const old = ringOf(database, rootOf(1));
    await old.ring.ensure();
    const next = ringOf(database, rootOf(2), rootOf(1));
    await next.ring.ensure();
    const sealed = next.vault.seal('me', Buffer.from('kept'));
    expect(old.vault.open('me', sealed).toString()).toBe('kept');
    const alone = ringOf(database, rootOf(2));
    await alone.ring.ensure();
    expect(alone.vault.open('me', sealed).toString()).toBe('kept');
    await ringOf(database, rootOf(1)).ring.ensure();
    await database.query('DELETE FROM data_key_wrapping WHERE root_key_id = $1', [rootOf(1).rootKeyId]);
    clock.at += KEYS_RELOADED_AFTER_MS;
    await expect(old.ring.ensure()).rejects.toMatchObject({ code: 'root_key_differs' });
    await alone.ring.ensure();
  }));
