import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@kakunin/postgres';

export interface TestPostgres {
  url(database: string): string;
  /** Creates the database unless it is there. @returns its url */
  createDatabase(name: string): Promise<string>;
  /** Takes the server away (fast shutdown), its data stays. */
  pause(): Promise<void>;
  /** Brings it back on the same port. */
  resume(): Promise<void>;
  /** kill -9 of the server's main process. */
  kill(): void;
  /** Stops it and removes the data. */
  stop(): Promise<void>;
}

/** A real PostgreSQL of its own for one test file, in a folder under the system's temporary one. */
export async function startTestPostgres(): Promise<TestPostgres> {
  const parent = mkdtempSync(join(tmpdir(), 'kakunin-postgres-'));
  // Where tests run as root, PostgreSQL runs as another account and must reach its folder.
  chmodSync(parent, 0o755);
  const directory = join(parent, 'data');
  let server: EmbeddedPostgres = await startEmbeddedPostgres({ directory, durable: false });
  const { port } = server;
  return {
    url: (database) => server.url(database),
    createDatabase: (name) => server.createDatabase(name),
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
