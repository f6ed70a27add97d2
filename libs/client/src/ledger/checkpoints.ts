import {
  type Checkpoint,
  CHECKPOINT_PATH,
  EMPTY_ROOT,
  LedgerError,
  openCheckpoint,
  parseVerifierKey,
  type NoteVerifier,
  type TreeHead,
} from '@kakunin/usage-ledger';
import type { FindingList } from './finding-list.ts';
import type { LedgerSource } from './types.ts';

/** A checkpoint whose signature was verified, and its octets. */
export interface OpenedCheckpoint extends Checkpoint {
  readonly octets: Uint8Array;
}

/** Opens the checkpoints of one ledger. */
export class Checkpoints {
  readonly origin: string;
  readonly #verifiers: readonly NoteVerifier[];
  readonly #list: FindingList;

  /** @throws LedgerError `invalid_key`; TypeError when there is no key, or keys are of several ledgers */
  constructor(verifierKeys: readonly string[], list: FindingList) {
    this.#verifiers = verifierKeys.map(parseVerifierKey);
    const [first, ...others] = new Set(this.#verifiers.map(({ name }) => name));
    if (first === undefined || others.length > 0) throw new TypeError('Give the verifier keys of one ledger.');
    this.origin = first;
    this.#list = list;
  }

  /**
   * The ledger as it is now.
   * @param begun whether something was recorded in it already: before, it has no checkpoint
   * @returns undefined when it has none that can be relied upon, which is a finding
   */
  async current(ledger: LedgerSource, begun = true): Promise<OpenedCheckpoint | undefined> {
    const octets = await ledger.read(CHECKPOINT_PATH);
    if (octets) return this.#open(octets, '', '');
    if (!begun) return { ...NO_TREE, origin: this.origin, octets: new Uint8Array() };
    this.#list.add('checkpoint_invalid', '台帳にチェックポイントがありません。', 'The ledger has no checkpoint.');
    return undefined;
  }

  /** Those that were kept. */
  kept(checkpoints: readonly Uint8Array[]): readonly TreeHead[] {
    return checkpoints.flatMap((octets) => this.#open(octets, '保管していた', 'kept ') ?? []);
  }

  #open(octets: Uint8Array, ja: string, en: string): OpenedCheckpoint | undefined {
    try {
      return { ...openCheckpoint(octets, { origin: this.origin, verifiers: this.#verifiers }), octets };
    } catch (error) {
      if (!(error instanceof LedgerError)) throw error;
      this.#list.add(
        'checkpoint_invalid',
        `${ja}チェックポイントに、台帳の鍵による正しい署名がありません。`,
        `The ${en}checkpoint is not signed with the ledger's keys: ${error.message}`,
      );
      return undefined;
    }
  }
}

export const NO_TREE: TreeHead = { size: 0, root: EMPTY_ROOT };
