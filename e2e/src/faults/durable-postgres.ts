import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startEmbeddedPostgres } from '@kakunin/postgres';

/** A PostgreSQL that keeps what it acknowledged (the one of the other tests does not), and comes back after a kill. */
export interface DurablePostgres {
  /** The server's main process, another one after each start. */
  readonly pid: number;
  createDatabase(name: string): Promise<string>;
  /** kill -9 of the server's main process. */
  kill(): void;
  /** Resolves when it runs again after a kill. */
  running(): Promise<void>;
  stop(): Promise<void>;
}

const LIMIT_MS = 60_000;

export async function startDurablePostgres(): Promise<DurablePostgres> {
  const parent = mkdtempSync(join(tmpdir(), 'kakunin-faults-postgres-'));
  // Where tests run as root, PostgreSQL runs as another account and must reach its folder.
  chmodSync(parent, 0o755);
  const seen = { kills: 0, starts: 0 };
  const server = await startEmbeddedPostgres({
    directory: join(parent, 'data'),
    onChange: (message) => void (seen.starts += message === 'PostgreSQL runs again' ? 1 : 0),
  });
  return {
    get pid() {
      return server.pid;
    },
    createDatabase: (name) => server.createDatabase(name),
    kill: () => {
      seen.kills += 1;
      process.kill(server.pid, 'SIGKILL');
    },
    running: async () => {
      for (const deadline = Date.now() + LIMIT_MS; seen.starts < seen.kills; await sleep(20)) {
        if (Date.now() > deadline) throw new Error('PostgreSQL did not come back within a minute.');
      }
    },
    stop: async () => {
      await server.stop();
      rmSync(parent, { recursive: true, force: true });
    },
  };
}
