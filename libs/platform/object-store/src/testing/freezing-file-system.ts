import { AsyncLocalStorage } from 'node:async_hooks';
import type * as FileSystem from 'node:fs/promises';

/** What changes a directory, in the order in which a process does it. */
const CHANGES = ['mkdir', 'symlink', 'rename', 'link', 'rm', 'open'] as const;

/** A piece of work that stops before one of its changes, as a process that is stopped or killed there. */
export class Freezing {
  static readonly current = new AsyncLocalStorage<Freezing>();
  changes = 0;
  readonly #before: number;
  readonly #stopped = Promise.withResolvers<'stopped'>();
  readonly #thawed = Promise.withResolvers<void>();

  /** @param before number of the change before which to stop, from 1 */
  constructor(before: number) {
    this.#before = before;
  }

  /** @returns what the work answers, or `stopped` */
  run<T>(work: () => Promise<T>): { readonly outcome: Promise<T | 'stopped'>; thaw(): Promise<T> } {
    const done = Freezing.current.run(this, work);
    return {
      outcome: Promise.race([done, this.#stopped.promise]),
      thaw: () => {
        this.#thawed.resolve();
        return done;
      },
    };
  }

  async pass(): Promise<void> {
    if (++this.changes !== this.#before) return;
    this.#stopped.resolve('stopped');
    await this.#thawed.promise;
  }
}

/** `node:fs/promises` that stops where the current `Freezing` says; for `vi.mock`. */
export function freezingFileSystem(original: typeof FileSystem): typeof FileSystem {
  const freezing = CHANGES.map((name) => {
    const change = original[name] as (...parameters: readonly unknown[]) => Promise<unknown>;
    const stoppable = async (...parameters: readonly unknown[]): Promise<unknown> => {
      await Freezing.current.getStore()?.pass();
      return change(...parameters);
    };
    return [name, stoppable];
  });
  return { ...original, ...Object.fromEntries(freezing) };
}
