import { nodeFileSystem } from '../journal-file-system.ts';
import type { Done, JournalFile, JournalFileSystem } from '../journal-file-system.ts';

export type Operation = 'open' | 'write' | 'sync' | 'truncate';

async function tell(written: Promise<void>, done: Done): Promise<void> {
  const error = await written.then(
    () => null,
    (refusal: Error) => refusal,
  );
  done(error);
}

/** The real file system, of which operations can be made to fail. A failing write writes half, as a full disk does. */
export class BreakableFileSystem implements JournalFileSystem {
  readonly failing: Map<Operation, string>;
  /** As for a thread that is no more: nothing reaches the disk. */
  ended = false;
  /** Writes wait for it. */
  hanging: Promise<void> = Promise.resolve();
  syncs = 0;

  /** @param failing shared with another one that fails alike */
  constructor(failing = new Map<Operation, string>()) {
    this.failing = failing;
  }

  list = nodeFileSystem.list;
  read = nodeFileSystem.read;
  rename = nodeFileSystem.rename;
  remove = nodeFileSystem.remove;
  syncDirectory = nodeFileSystem.syncDirectory;

  async open(path: string): Promise<JournalFile> {
    this.check('open');
    const file = await nodeFileSystem.open(path);
    const write = (octets: Uint8Array, position: number): Promise<void> => this.#write(file, octets, position);
    return {
      append: ({ octets, length }, position, done) => void tell(write(octets.subarray(0, length), position), done),
      write,
      truncate: async (length) => {
        this.check('truncate');
        await file.truncate(length);
      },
      sync: async () => {
        this.syncs += 1;
        this.check('sync');
        await file.sync();
      },
      close: () => file.close(),
    };
  }

  async #write(file: JournalFile, octets: Uint8Array, position: number): Promise<void> {
    this.syncs += 1;
    await this.hanging;
    if (this.failing.has('write') && !this.ended) await file.write(octets.subarray(0, octets.length >> 1), position);
    this.check('write');
    await file.write(octets, position);
    this.check('sync');
  }

  private check(operation: Operation): void {
    const code = this.ended ? 'EBADF' : this.failing.get(operation);
    if (code) throw Object.assign(new Error(`${code}: made to fail`), { code });
  }
}
