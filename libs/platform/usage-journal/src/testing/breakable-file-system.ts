import { nodeFileSystem } from '../journal-file-system.ts';
import type { Done, JournalFile, JournalFileSystem } from '../journal-file-system.ts';

export type Operation = 'open' | 'write' | 'sync' | 'truncate';

interface BreakableAppend {
  readonly file: JournalFile;
  readonly octets: Uint8Array;
  readonly position: number;
  readonly done: Done;
}

/** The real file system, of which operations can be made to fail. A failing write writes half, as a full disk does. */
export class BreakableFileSystem implements JournalFileSystem {
  readonly failing = new Map<Operation, string>();
  syncs = 0;

  list = nodeFileSystem.list;
  read = nodeFileSystem.read;
  rename = nodeFileSystem.rename;
  remove = nodeFileSystem.remove;
  syncDirectory = nodeFileSystem.syncDirectory;

  async open(path: string): Promise<JournalFile> {
    this.check('open');
    const file = await nodeFileSystem.open(path);
    return {
      append: ({ octets, length }, position, done) => {
        void this.#append({ file, octets: octets.subarray(0, length), position, done });
      },
      write: async (octets, position) => {
        if (this.failing.has('write')) await file.write(octets.subarray(0, octets.length >> 1), position);
        this.check('write');
        await file.write(octets, position);
      },
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

  async #append({ file, octets, position, done }: BreakableAppend): Promise<void> {
    this.syncs += 1;
    try {
      if (this.failing.has('write')) await file.write(octets.subarray(0, octets.length >> 1), position);
      this.check('write');
      await file.write(octets, position);
      this.check('sync');
    } catch (error) {
      return done(error as Error);
    }
    file.append({ octets, length: octets.length }, position, done);
  }

  private check(operation: Operation): void {
    const code = this.failing.get(operation);
    if (code) throw Object.assign(new Error(`${code}: made to fail`), { code });
  }
}
