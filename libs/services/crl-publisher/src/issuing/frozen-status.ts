import type { AuthorityStatus } from '@kakunin/status-feed';
import type { FrozenRevocations } from '@kakunin/status-index';

type Groups = ReadonlyMap<string, Uint32Array>;
const NONE = new Uint32Array();

/** What is revoked of an authority at one moment, and the instant up to which that is complete. To be released. */
export class FrozenStatus {
  readonly index: AuthorityStatus['index'];
  readonly revocations: FrozenRevocations;
  readonly asOf: number;
  #groups: Groups | undefined;

  constructor(status: AuthorityStatus) {
    this.index = status.index;
    this.revocations = status.freeze();
    this.asOf = status.asOf;
  }

  /** Groups all partitions at once, which takes as long as one and four octets an entry: for a set, whose slices need them in turn. */
  group(): void {
    this.#groups ??= this.revocations.groups();
  }

  /** Groups these partitions only. */
  groupOnly(labels: ReadonlySet<string>): void {
    if (labels.size > 0) this.#groups ??= this.revocations.groups((label) => labels.has(label));
  }

  /** The revoked certificates of a partition, in the order of their serial numbers. */
  ordinalsOf(label: string): Uint32Array {
    return this.revocations.inOrder(this.#groups?.get(label) ?? NONE);
  }

  release(): void {
    this.revocations.release();
  }
}

/** The moment of a set that is made in slices: to freeze and group anew for each would take longer than the slice. */
export class HeldStatus {
  #held: FrozenStatus | undefined;

  /**
   * @param fresh takes the place of what is held when that is too old, or of another index; otherwise it is released
   * @param oldest how old the data may be, epoch ms
   */
  take(fresh: FrozenStatus, oldest: number): FrozenStatus {
    const held = this.#held;
    if (held && held.index === fresh.index && held.asOf >= oldest && held.asOf <= fresh.asOf) {
      fresh.release();
      return held;
    }
    this.drop();
    this.#held = fresh;
    fresh.group();
    return fresh;
  }

  /** The set is made, or given up. */
  drop(): void {
    this.#held?.release();
    this.#held = undefined;
  }
}
