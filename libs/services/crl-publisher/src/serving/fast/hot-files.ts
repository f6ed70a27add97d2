import type { StoredObject } from '@kakunin/objects';

/** The octets of one published file, in memory. */
export class HotFile {
  #octets: Buffer | undefined;
  #users = 0;

  constructor(octets: Buffer) {
    this.#octets = octets;
  }

  /** To be followed by {@link release}; @returns undefined once it was let go */
  use(): Buffer | undefined {
    if (this.#octets) this.#users += 1;
    return this.#octets;
  }

  release(): void {
    this.#users -= 1;
  }

  /** Forgets the octets, unless somebody reads them: whoever remembers the file holds no memory. @returns how many */
  letGo(): number {
    if (this.#users > 0 || !this.#octets) return 0;
    const { length } = this.#octets;
    this.#octets = undefined;
    return length;
  }
}

/** Of the memory for all: larger files are streamed, so that one does not drive out all others. */
const LARGEST_SHARE = 1 / 4;

/**
 * The files that are asked for most recently, in bounded memory. What answers still read stays, and counts: where slow clients
 * hold everything, nothing more is taken in.
 */
export class HotFiles {
  readonly #limit: number;
  readonly #files = new Map<string, HotFile>();
  readonly #loading = new Map<string, Promise<HotFile>>();
  #octets = 0;

  /** @param limit octets */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Octets that are kept, or being read. */
  get octets(): number {
    return this.#octets;
  }

  /**
   * The file of this name, read when it is not there yet.
   * @param name of content that never changes
   * @returns undefined when it is too large, or there is no room now
   * @throws ObjectError
   */
  async take(name: string, content: Pick<StoredObject, 'bytes' | 'read'>): Promise<HotFile | undefined> {
    const kept = this.#files.get(name);
    if (kept) {
      this.#files.delete(name);
      this.#files.set(name, kept);
      return kept;
    }
    const loading = this.#loading.get(name);
    if (loading) return loading;
    return this.#makeRoom(content.bytes) ? this.#load(name, content) : undefined;
  }

  #load(name: string, content: Pick<StoredObject, 'bytes' | 'read'>): Promise<HotFile> {
    this.#octets += content.bytes;
    const loading = readWhole(content)
      .then((octets) => {
        const file = new HotFile(octets);
        this.#files.set(name, file);
        return file;
      })
      .catch((error: unknown) => {
        this.#octets -= content.bytes;
        throw error;
      })
      .finally(() => this.#loading.delete(name));
    this.#loading.set(name, loading);
    return loading;
  }

  /** Lets go of what was not asked for the longest. */
  #makeRoom(bytes: number): boolean {
    if (bytes > this.#limit * LARGEST_SHARE) return false;
    for (const [name, file] of this.#files) {
      if (this.#octets + bytes <= this.#limit) break;
      const octets = file.letGo();
      if (octets > 0) this.#files.delete(name);
      this.#octets -= octets;
    }
    return this.#octets + bytes <= this.#limit;
  }
}

async function readWhole({ bytes, read }: Pick<StoredObject, 'bytes' | 'read'>): Promise<Buffer> {
  const octets = Buffer.allocUnsafeSlow(bytes);
  let at = 0;
  for await (const piece of read()) {
    octets.set(piece, at);
    at += piece.length;
  }
  if (at !== bytes) throw new Error('A published file is shorter than when it was opened.');
  return octets;
}
