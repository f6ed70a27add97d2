import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@kakunin/postgres';
import { DatabaseCopies } from './database-copies.ts';
import { SHARED_SERVERS } from './stop-shared-postgres.ts';

/** Databases for one user of a server, whatever others call theirs. */
export interface TestDatabases {
  url(database: string): string;
  /**
   * Creates the database unless it is there.
   * @param packageName whose migrations it has from the beginning; it is empty without
   * @returns its url
   */
  createDatabase(name: string, packageName?: string): Promise<string>;
  /** Takes the server away (fast shutdown), its data stays. A process runs one test file at a time: nobody else notices. */
  pause(): Promise<void>;
  /** Brings it back on the same port. */
  resume(): Promise<void>;
  /** To be called when no database of it is used any more. */
  stop(): Promise<void>;
}

export interface TestPostgres extends TestDatabases {
  /** The folder of its data. */
  readonly parent: string;
  /** kill -9 of the server's main process. */
  kill(): void;
  /** Stops it and removes the data. */
  stop(): Promise<void>;
}

let shared: Promise<TestPostgres> | undefined;
let users = 0;

/**
 * Databases on the PostgreSQL that all tests of this process share: it is started once, as that takes longer than most
 * tests do. Whoever takes a server away or kills it starts one of its own.
 */
export async function sharedTestPostgres(): Promise<TestDatabases> {
  shared ??= startShared();
  const server = await shared;
  users += 1;
  const prefix = `user${users}_`;
  const own = (name: string): string => (name === 'postgres' ? name : prefix + name);
  return {
    url: (database) => server.url(own(database)),
    createDatabase: (name, packageName) => server.createDatabase(own(name), packageName),
    pause: () => server.pause(),
    resume: () => server.resume(),
    // It ends with the process.
    stop: async () => undefined,
  };
}

/** Vitest ends its workers without a word: what they started is stopped by `stop-shared-postgres.ts`, by what is noted here. */
async function startShared(): Promise<TestPostgres> {
  const server = await startTestPostgres();
  const notes = process.env[SHARED_SERVERS];
  if (!notes)
    throw new Error('Vitest is to be run with the configuration of the workspace, which stops shared servers.');
  writeFileSync(join(notes, basename(server.parent)), server.parent);
  return server;
}

/** A real PostgreSQL of its own for one test file, in a folder under the system's temporary one. */
export async function startTestPostgres(): Promise<TestPostgres> {
  const parent = mkdtempSync(join(tmpdir(), 'kakunin-postgres-'));
  // Where tests run as root, PostgreSQL runs as another account and must reach its folder.
  chmodSync(parent, 0o755);
  const directory = join(parent, 'data');
  let server: EmbeddedPostgres = await startEmbeddedPostgres({ directory, durable: false });
  const { port } = server;
  const copies = new DatabaseCopies({
    url: (database) => server.url(database),
    createDatabase: (name) => server.createDatabase(name),
  });
  return {
    parent,
    url: (database) => server.url(database),
    createDatabase: (name, packageName) =>
      packageName === undefined ? server.createDatabase(name) : copies.create(name, packageName),
    pause: () => server.stop(),
    resume: async () => {
      server = await startEmbeddedPostgres({ directory, port, durable: false });
    },
    kill: () => void process.kill(server.pid, 'SIGKILL'),
    stop: async () => {
      await server.stop();
      rmSync(parent, { recursive: true, force: true });
    },
  };
}
