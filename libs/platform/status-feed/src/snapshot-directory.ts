import { mkdirSync, readdirSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { encodeSnapshot, readSnapshotFile, writeSnapshotFile } from './snapshot-file.ts';
import type { StatusSnapshot } from './status-snapshot.ts';

const NAME = /^status-(\d{12})\.snapshot$/;
const nameOf = (number: number): string => `status-${number.toString().padStart(12, '0')}.snapshot`;

/** A directory with the newest snapshot, and for a moment the one before it. */
export class SnapshotDirectory {
  readonly #path: string;
  readonly #logger: Pick<Logger, 'warn'>;

  /** The directory is made when it is new. */
  constructor(path: string, logger: Pick<Logger, 'warn'>) {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    this.#path = path;
    this.#logger = logger;
  }

  /** The newest snapshot that can be used; what cannot is named in the log. Undefined: read the topic from its beginning. */
  load(): StatusSnapshot | undefined {
    for (const number of this.#numbers()) {
      const file = join(this.#path, nameOf(number));
      try {
        return readSnapshotFile(file);
      } catch (error) {
        this.#logger.warn({ file, error: (error as Error).message }, 'a status snapshot cannot be used');
      }
    }
    return undefined;
  }

  /** Writes the snapshot beside the others, durably, and then removes the others. */
  async save(snapshot: StatusSnapshot): Promise<void> {
    const older = this.#numbers();
    const encoded = encodeSnapshot(snapshot);
    const name = nameOf((older[0] ?? 0) + 1);
    const temporary = join(this.#path, `${name}.tmp`);
    try {
      await writeSnapshotFile(temporary, encoded);
    } catch (error) {
      // On a full disk a part of a snapshot is only in the way.
      await rm(temporary, { force: true });
      throw error;
    }
    await rename(temporary, join(this.#path, name));
    await this.#sync();
    for (const number of older) await rm(join(this.#path, nameOf(number)), { force: true });
  }

  /** Newest first. */
  #numbers(): number[] {
    const numbers = readdirSync(this.#path).flatMap((name) => NAME.exec(name)?.[1] ?? []);
    return numbers.map(Number).sort((one, other) => other - one);
  }

  async #sync(): Promise<void> {
    const directory = await open(this.#path, 'r');
    try {
      await directory.sync();
    } finally {
      await directory.close();
    }
  }
}
