import { fileURLToPath } from 'node:url';
import { Database } from '@kakunin/postgres';
import { createLogger, Health } from '@kakunin/runtime';
import { startTestPostgres, type TestPostgres } from '@kakunin/testing/postgres';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { RootKeyCheck } from './root-key-check.ts';
import { Vault } from './vault.ts';

let server: TestPostgres;
beforeAll(async () => void (server = await startTestPostgres()));
afterAll(() => server.stop());

it('accepts the key that the database was begun with, and no other', async () => {
  const url = await server.createDatabase('registry');
  const migrationsDirectory = fileURLToPath(new URL('../../prisma/migrations', import.meta.url));
  const database = new Database({ url, migrationsDirectory });
  const health = new Health();
  const checkOf = (octet: number): RootKeyCheck =>
    new RootKeyCheck(database, new Vault(Buffer.alloc(32, octet)), health, createLogger('registry', 'silent'));
  await expect(checkOf(1).ensure()).rejects.toMatchObject({ code: 'database_unavailable' });
  await database.whenReady();
  const right = checkOf(1);
  await right.ensure();
  right.onModuleInit();
  expect(health.report().ok).toBe(true);
  const wrong = checkOf(2);
  await expect(wrong.ensure()).rejects.toMatchObject({ code: 'root_key_differs' });
  wrong.onModuleInit();
  expect(health.report().checks).toMatchObject([{ ok: false, detail: expect.stringContaining('ROOT_KEY_FILE') }]);
  await checkOf(1).ensure();
  await database.close();
});
