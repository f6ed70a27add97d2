import type { Bucket } from './bucket.ts';

const FOLDER = '.pointers/';

/**
 * The names of all pointers, as empty objects: a listing of a bucket does not say which keys are pointers. A name is
 * written before its pointer, and stays: the name of a pointer is never that of an object later.
 */
export class PointerRegister {
  readonly #bucket: Bucket;

  constructor(bucket: Bucket) {
    this.#bucket = bucket;
  }

  async add(pointer: string): Promise<void> {
    await this.#bucket.write({
      key: FOLDER + pointer,
      body: Buffer.alloc(0),
      bytes: 0,
      condition: { IfNoneMatch: '*' },
    });
  }

  async all(): Promise<readonly string[]> {
    const pointers: string[] = [];
    for await (const page of this.#bucket.pages(FOLDER, '')) pointers.push(...page.map(nameOf));
    return pointers;
  }

  /** Those behind `after`, up to and with `last`. */
  async between(after: string, last: string): Promise<ReadonlySet<string>> {
    const pointers = new Set<string>();
    for await (const page of this.#bucket.pages(FOLDER, FOLDER + after)) {
      for (const pointer of page.map(nameOf)) {
        if (pointer > last) return pointers;
        pointers.add(pointer);
      }
    }
    return pointers;
  }
}

const nameOf = ({ key }: { readonly key: string }): string => key.slice(FOLDER.length);
