import { createHash, randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { ClientBase } from 'pg';
import { DatabaseError } from './database-error.ts';

/** The lock that `prisma migrate` takes as well, so that the two never run at once. */
const PRISMA_ADVISORY_LOCK = 72707369;

/** Prisma's own definition, so that `prisma migrate status` and `migrate deploy` agree with what stands here. */
const LEDGER = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id VARCHAR(36) PRIMARY KEY NOT NULL,
  checksum VARCHAR(64) NOT NULL,
  finished_at TIMESTAMPTZ,
  migration_name VARCHAR(255) NOT NULL,
  logs TEXT,
  rolled_back_at TIMESTAMPTZ,
  started_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  applied_steps_count INTEGER NOT NULL DEFAULT 0
)`;

interface Migration {
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

/** Where a workspace package keeps its migrations (`prisma/migrations`), run from source or from a bundle alike. */
export const migrationsOf = (packageName: string): string =>
  join(dirname(createRequire(import.meta.url).resolve(`${packageName}/package.json`)), 'prisma', 'migrations');

/**
 * Applies the migrations of a folder in Prisma's layout (`<timestamp>_<name>/migration.sql`) that the database does
 * not have yet, each in a transaction of its own. Safe to run from several processes at once.
 * @returns the names that it applied
 * @throws DatabaseError `migration_changed` when a file differs from what was applied, `migration_failed`
 */
export async function applyMigrations(client: ClientBase, directory: string): Promise<readonly string[]> {
  const migrations = await readMigrations(directory);
  await client.query('SELECT pg_advisory_lock($1)', [PRISMA_ADVISORY_LOCK]);
  try {
    await client.query(LEDGER);
    const { rows } = await client.query<{ migration_name: string; checksum: string; finished_at: Date | null }>(
      'SELECT migration_name, checksum, finished_at FROM _prisma_migrations WHERE rolled_back_at IS NULL',
    );
    const applied = new Map(rows.map((row) => [row.migration_name, row]));
    const names: string[] = [];
    for (const migration of migrations) {
      const before = applied.get(migration.name);
      if (!before) {
        await applyOne(client, migration);
        names.push(migration.name);
      } else if (!before.finished_at) {
        throw new DatabaseError(
          'migration_failed',
          `Migration ${migration.name} was begun elsewhere and never finished: repair it, then use "prisma migrate resolve".`,
        );
      } else if (before.checksum !== migration.checksum) {
        throw new DatabaseError(
          'migration_changed',
          `Migration ${migration.name} differs from what this database was migrated with: restore the file and add a new migration instead.`,
        );
      }
    }
    return names;
  } finally {
    await client.query('SELECT pg_advisory_unlock($1)', [PRISMA_ADVISORY_LOCK]).catch(() => undefined);
  }
}

async function readMigrations(directory: string): Promise<readonly Migration[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    names.sort().map(async (name) => {
      const bytes = await readFile(join(directory, name, 'migration.sql'));
      return { name, sql: bytes.toString('utf8'), checksum: createHash('sha256').update(bytes).digest('hex') };
    }),
  );
}

async function applyOne(client: ClientBase, { name, sql, checksum }: Migration): Promise<void> {
  try {
    await client.query('BEGIN');
    await client.query(sql);
    await client.query(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
       VALUES ($1, $2, $3, now(), now(), 1)`,
      [randomUUID(), checksum, name],
    );
    await client.query('COMMIT');
  } catch (cause) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw new DatabaseError('migration_failed', `Migration ${name} failed and was rolled back.`, { cause });
  }
}
