import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** A clock for all processes of a system that a test can set; it is right until it is set. */
export class MovableClock {
  /** Of the processes that shall have this clock. */
  readonly environment: Readonly<Record<string, string>>;
  readonly #file: string;
  #offset = 0;

  constructor(folder: string) {
    this.#file = join(folder, 'clock-offset');
    const preload = pathToFileURL(join(import.meta.dirname, 'shifted-clock.mjs')).href;
    this.environment = { NODE_OPTIONS: `--import=${preload}`, KAKUNIN_TEST_CLOCK_FILE: this.#file };
  }

  now = (): number => Date.now() + this.#offset;

  /** From now on it is `instant` (epoch ms); processes follow within some 10 ms. */
  set(instant: number): void {
    this.#offset = instant - Date.now();
    writeFileSync(`${this.#file}.new`, `${this.#offset}`);
    renameSync(`${this.#file}.new`, this.#file);
  }
}
