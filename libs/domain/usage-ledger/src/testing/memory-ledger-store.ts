import { CHECKPOINT_PATH } from '../ledger-store.ts';
import type { LedgerStore } from '../ledger-store.ts';

/** A ledger in memory. Every access takes a turn of the event loop at least. */
export class MemoryLedgerStore implements LedgerStore {
  readonly files = new Map<string, Buffer>();

  async read(path: string): Promise<Uint8Array | undefined> {
    await Promise.resolve();
    return this.files.get(path);
  }

  async writeImmutable(path: string, octets: Uint8Array): Promise<boolean> {
    await Promise.resolve();
    const there = this.files.get(path);
    if (!there) this.files.set(path, Buffer.from(octets));
    return !there || there.equals(octets);
  }

  async replaceCheckpoint(octets: Uint8Array, expected: Uint8Array | undefined): Promise<boolean> {
    await Promise.resolve();
    const there = this.files.get(CHECKPOINT_PATH);
    const same = there && expected ? there.equals(expected) : there === expected;
    if (same) this.files.set(CHECKPOINT_PATH, Buffer.from(octets));
    return same;
  }
}
