import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

export interface SupervisedServerInput {
  readonly first: ChildProcess;
  /** Rejects while the server does not start: after a kill -9, as long as its own children still hold the folder. */
  readonly start: () => Promise<ChildProcess>;
  readonly onChange: ((message: string) => void) | undefined;
}

const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 5_000;
const STOP_LIMIT_MS = 15_000;

/** The server's process; when it ends without being told to, another one takes its place. */
export class SupervisedServer {
  readonly #input: SupervisedServerInput;
  readonly #stopping = new AbortController();
  #process: ChildProcess;
  #restart: Promise<void> = Promise.resolve();

  constructor(input: SupervisedServerInput) {
    this.#input = input;
    this.#process = this.#watch(input.first);
  }

  get pid(): number {
    return this.#process.pid as number;
  }

  /** Fast shutdown; resolves when the process is gone and none will follow. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#restart;
    await stop(this.#process);
  }

  #watch(server: ChildProcess): ChildProcess {
    const { onChange } = this.#input;
    if (!onChange) return server;
    server.once('exit', (code, signal) => {
      if (this.#stopping.signal.aborted) return;
      onChange(`PostgreSQL ended by itself (${signal ?? `exit code ${code}`}); it is started again`);
      this.#restart = this.#startAgain(onChange);
    });
    return server;
  }

  async #startAgain(onChange: (message: string) => void): Promise<void> {
    const { signal } = this.#stopping;
    for (let wait = FIRST_RETRY_MS; !signal.aborted; wait = Math.min(wait * 2, LONGEST_RETRY_MS)) {
      await sleep(wait, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      try {
        this.#process = this.#watch(await this.#input.start());
        return onChange('PostgreSQL runs again');
      } catch (error) {
        onChange(`${(error as Error).message}\nTrying again.`);
      }
    }
  }
}

/** SIGINT is PostgreSQL's fast shutdown, SIGQUIT its immediate one. */
async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  server.kill('SIGINT');
  const limit = setTimeout(() => server.kill('SIGQUIT'), STOP_LIMIT_MS);
  await gone;
  clearTimeout(limit);
}
