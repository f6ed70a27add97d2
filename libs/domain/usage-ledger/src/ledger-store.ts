import { indexPath } from './tile.ts';

/** Reads the files of one ledger, wherever they lie. */
export interface LedgerFiles {
  /** @returns undefined when nothing lies there */
  read(path: string): Promise<Uint8Array | undefined>;
}

/**
 * Where the files of one ledger lie. Every write is all or nothing, and survives a power cut once its promise resolves;
 * whoever reads afterwards sees it.
 */
export interface LedgerStore extends LedgerFiles {
  /**
   * Writes a file that never changes, unless one lies there already. Of several writers at once one wins.
   * @returns whether these octets lie there now; false when others did
   */
  writeImmutable(path: string, octets: Uint8Array): Promise<boolean>;

  /**
   * Replaces the file `checkpoint` if it still holds `expected` (undefined: if there is none yet).
   * @returns false when it holds something else
   */
  replaceCheckpoint(octets: Uint8Array, expected: Uint8Array | undefined): Promise<boolean>;
}

/** The only file that changes. */
export const CHECKPOINT_PATH = 'checkpoint';

/** What is appended to the tree of `size` leaves: see `LedgerWriter`. Not for the customer. */
export const appendPath = (size: number): string => `append/${indexPath(size)}`;

/** Which segments are in the tree of `size` leaves: see `LedgerWriter`. Not for the customer. */
export const statePath = (size: number): string => `state/${indexPath(size)}`;
