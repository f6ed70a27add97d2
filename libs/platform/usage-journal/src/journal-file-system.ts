import { open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';

/** An open file of the journal. What a method throws is the file system's own error. */
export interface JournalFile {
  /** Writes all the octets at this position, or throws. */
  write(octets: Uint8Array, position: number): Promise<void>;
  truncate(length: number): Promise<void>;
  /** fdatasync: what was written and the length survive a power cut when it resolves. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** What the journal asks of a file system; tests give it one that breaks. */
export interface JournalFileSystem {
  list(path: string): Promise<readonly string[]>;
  read(path: string): Promise<Uint8Array>;
  /** For reading and writing; made when it is new, never cut. */
  open(path: string): Promise<JournalFile>;
  rename(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** New names in a directory survive a power cut when it resolves. */
  syncDirectory(path: string): Promise<void>;
}

export const nodeFileSystem: JournalFileSystem = {
  list: (path) => readdir(path),
  read: (path) => readFile(path),
  open: async (path) => new NodeFile(await open(path, constants.O_RDWR | constants.O_CREAT, 0o600)),
  rename,
  remove: (path) => rm(path, { force: true }),
  syncDirectory: async (path) => {
    const directory = await open(path, 'r');
    try {
      await directory.sync();
    } finally {
      await directory.close();
    }
  },
};

class NodeFile implements JournalFile {
  constructor(private readonly handle: FileHandle) {}

  async write(octets: Uint8Array, position: number): Promise<void> {
    for (let written = 0; written < octets.length;) {
      // A disk that fills up first writes less than asked, and only then refuses.
      const { bytesWritten } = await this.handle.write(octets, written, octets.length - written, position + written);
      written += bytesWritten;
    }
  }

  truncate(length: number): Promise<void> {
    return this.handle.truncate(length);
  }

  sync(): Promise<void> {
    return this.handle.datasync();
  }

  close(): Promise<void> {
    return this.handle.close();
  }
}
