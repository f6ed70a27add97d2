import type { UsageSegment } from '@kakunin/usage';
import { appendedFiles } from './appended-files.ts';
import { ledgerOrigin, openCheckpoint, signCheckpoint } from './checkpoint.ts';
import type { TreeHead } from './checkpoint.ts';
import { decodeAppend, encodeAppend, planAppend } from './ledger-append.ts';
import type { LedgerAppend } from './ledger-append.ts';
import { LedgerError } from './ledger-error.ts';
import { appendPath, CHECKPOINT_PATH } from './ledger-store.ts';
import type { LedgerStore } from './ledger-store.ts';
import type { NoteSigner, NoteVerifier } from './note-key.ts';
import { RecordedSegments } from './recorded-segments.ts';
import { EMPTY_ROOT } from './tree-hash.ts';

export interface LedgerWriterOptions {
  readonly operator: string;
  /** Code of the PF provider whose ledger it is: of each segment, its events are taken. */
  readonly customer: string;
  readonly store: LedgerStore;
  /** Of every key that signs checkpoints, at least one. Their name is `ledgerOrigin(operator, customer)`. */
  readonly signers: readonly NoteSigner[];
  /** Keys that signed the checkpoint that is there, and no longer sign. */
  readonly retired?: readonly NoteVerifier[];
}

interface Head extends TreeHead {
  /** The file `checkpoint`; undefined when there is none yet. */
  readonly octets: Uint8Array | undefined;
}

/** Files of one append that are written at the same time. */
const LANES = 16;

/**
 * Appends usage to the ledger of one customer. Stopped anywhere, the ledger is whole, and the next append goes on.
 * Several writers may work on one ledger: they help each other to their end.
 *
 * An append has three steps. `append/<size>` claims what follows the tree of that size, for ever: the leaves, and the
 * state after them. Of two writers one wins it, and whoever finds it, after a crash too, carries out what it says; so no
 * two writers ever put different octets into a tile. Then the tiles, entry bundles and `state/<new size>` are written,
 * which follow from it octet for octet. Last the checkpoint is replaced, if it is still the one that was read. The state
 * is named by the size of its tree: checkpoint and state cannot disagree, and a segment that comes again adds nothing.
 * A checkpoint that is lost, or older because it was restored, is made again from the claims: no tree forks from it.
 */
export class LedgerWriter {
  readonly #origin: string;
  readonly #customer: string;
  readonly #store: LedgerStore;
  readonly #signers: readonly NoteSigner[];
  readonly #verifiers: readonly NoteVerifier[];

  /** @throws LedgerError `invalid_key` when a signer bears another name than the ledger */
  constructor({ operator, customer, store, signers, retired = [] }: LedgerWriterOptions) {
    this.#origin = ledgerOrigin(operator, customer);
    this.#customer = customer;
    this.#store = store;
    this.#signers = signers;
    this.#verifiers = [...signers, ...retired];
    if (signers.length === 0 || this.#verifiers.some(({ name }) => name !== this.#origin))
      throw new LedgerError('invalid_key', 'The keys of a ledger bear its origin as their name.');
  }

  /**
   * Appends the customer's events of these segments, segment by segment, unless a segment is in the ledger already. A
   * segment without an event of the customer is passed over. Without segments: only ends what a crash interrupted.
   * @param segments those of a producer in order of their sequence, unless one comes late
   * @returns the tree that has them all
   * @throws LedgerError `invalid_leaf`, `damaged`, `conflict`, and those of `openCheckpoint`
   */
  async append(segments: readonly UsageSegment[]): Promise<TreeHead> {
    const own = segments.map((segment) => this.#ownOf(segment)).filter(({ events }) => events.length > 0);
    for (;;) {
      const head = await this.#head();
      const append = (await this.#claimed(head)) ?? (await this.#claim(head, own));
      if (!append) return head;
      await this.#carryOut(head, append);
    }
  }

  #ownOf({ producer, sequence, events }: UsageSegment): UsageSegment {
    return { producer, sequence, events: events.filter((event) => event.platformProvider === this.#customer) };
  }

  async #head(): Promise<Head> {
    const octets = await this.#store.read(CHECKPOINT_PATH);
    if (!octets) return { size: 0, root: EMPTY_ROOT, octets };
    const { size, root } = openCheckpoint(octets, { origin: this.#origin, verifiers: this.#verifiers });
    return { size, root, octets };
  }

  /** What was claimed to follow this tree, by whomever. */
  async #claimed({ size }: Head): Promise<LedgerAppend | undefined> {
    const octets = await this.#store.read(appendPath(size));
    const append = octets && decodeAppend(octets);
    if (append && append.from !== size) throw new LedgerError('damaged', `${appendPath(size)} is of another tree.`);
    return append;
  }

  /** @returns what is now to be appended; undefined when nothing is */
  async #claim(head: Head, segments: readonly UsageSegment[]): Promise<LedgerAppend | undefined> {
    const recorded = new RecordedSegments(this.#store, head.size);
    const missing = await recorded.missingOf(segments);
    if (missing.length === 0) return undefined;
    const append = planAppend(head.size, missing, await recorded.marks());
    const won = await this.#store.writeImmutable(appendPath(head.size), encodeAppend(append));
    return won ? append : this.#claimed(head);
  }

  async #carryOut(head: Head, append: LedgerAppend): Promise<void> {
    const { tree, files } = await appendedFiles(this.#store, { head, append });
    let lanes: Promise<void>[] = [];
    for (const file of files) {
      lanes.push(this.#write(file));
      if (lanes.length === LANES) await Promise.all(lanes.splice(0));
    }
    await Promise.all(lanes);
    const checkpoint = { origin: this.#origin, size: tree.size, root: tree.root() };
    // When another was faster, the checkpoint says the same: the tree follows from what was claimed.
    await this.#store.replaceCheckpoint(signCheckpoint(checkpoint, this.#signers), head.octets);
  }

  async #write({ path, octets }: { readonly path: string; readonly octets: Uint8Array }): Promise<void> {
    if (!(await this.#store.writeImmutable(path, octets)))
      throw new LedgerError('conflict', `${path} holds something else than what belongs there.`);
  }
}
