import type { LedgerStore } from '@kakunin/usage-ledger';

/** What a ledger store throws whose process was killed. */
export class Killed extends Error {}

/**
 * A ledger store as a process sees it that is killed at its write with number `lives`.
 * @param lands whether that last write still reaches the store
 */
export function killedAfter(store: LedgerStore, lives: number, lands: boolean): LedgerStore {
  let left = lives;
  const write = async (act: () => Promise<boolean>): Promise<boolean> => {
    left -= 1;
    if (left >= 0) return act();
    if (left === -1 && lands) await act();
    throw new Killed();
  };
  return {
    read: (path) => (left < 0 ? Promise.reject(new Killed()) : store.read(path)),
    writeImmutable: (path, octets) => write(() => store.writeImmutable(path, octets)),
    replaceCheckpoint: (octets, expected) => write(() => store.replaceCheckpoint(octets, expected)),
  };
}
