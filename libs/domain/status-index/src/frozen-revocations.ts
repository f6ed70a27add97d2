import type { FrozenPages } from './frozen-pages.ts';
import { ORDINALS_A_PAGE } from './page-layout.ts';
import type { Partitions } from './partitions.ts';
import { everyRevocation, type FrozenEntry, type ListedTest, RevocationBatch } from './revocation-batch.ts';
import type { SerialMap } from './serial-map.ts';
import { inSerialOrder } from './serial-order.ts';

/** Entries of a CRL, one by one or in batches; each begins anew. */
export interface FrozenEntries extends Iterable<FrozenEntry> {
  batches(): Iterable<RevocationBatch>;
}

export interface FrozenRevocationsInput {
  readonly pages: FrozenPages;
  readonly serials: SerialMap;
  readonly partitions: Partitions | undefined;
  readonly release: () => unknown;
}

/**
 * All that was revoked at one moment, while `put` goes on: for a CRL, which passes over its entries several times and takes
 * seconds. In the order of serial numbers. Belongs to the writer's thread; until it is released the index keeps for it what changes.
 */
export class FrozenRevocations {
  /** To be called once nothing is read any more. */
  readonly release: () => unknown;
  /** The partitions that any certificate is of, revoked or not, by label; the number changes with what is revoked. */
  readonly revisions: ReadonlyMap<string, number>;
  readonly #pages: FrozenPages;
  readonly #serials: SerialMap;
  readonly #partitions: Partitions | undefined;
  /** Of all, where serial numbers do not ascend with ordinals. */
  #sorted: Uint32Array | undefined;

  constructor({ pages, serials, partitions, release }: FrozenRevocationsInput) {
    this.#pages = pages;
    this.#serials = serials;
    this.#partitions = partitions;
    this.revisions = new Map(partitions?.revisions);
    this.release = release;
  }

  /**
   * Every revoked certificate, held ones included.
   * @param isListed which of them
   * @throws StatusIndexError `sealing_key_unknown`
   */
  entries(isListed: ListedTest = everyRevocation): FrozenEntries {
    if (this.#serials.ascending) return entriesIn(() => this.#ascending(isListed));
    this.#sorted ??= inSerialOrder(this.#ordinals(), this.#serials);
    return this.entriesOf(this.#sorted, isListed);
  }

  /** Those of these ordinals, in their order; all of them are revoked. */
  entriesOf(ordinals: Uint32Array, isListed: ListedTest = everyRevocation): FrozenEntries {
    return entriesIn(() => this.#each(ordinals, isListed));
  }

  /**
   * The ordinals of the revoked certificates of each partition, by its label, in the order of their serial numbers; none where
   * certificates have no partition.
   */
  byPartition(isWanted: (label: string) => boolean = () => true): ReadonlyMap<string, Uint32Array> {
    return new Map([...this.groups(isWanted)].map(([label, ordinals]) => [label, this.inOrder(ordinals)]));
  }

  /** As {@link byPartition}, each to be brought {@link inOrder} when its turn comes: sorting takes the longest by far. */
  groups(isWanted: (label: string) => boolean = () => true): ReadonlyMap<string, Uint32Array> {
    return this.#partitions?.group(() => this.#pieces(), isWanted) ?? new Map();
  }

  /** Ordinals in the order of their serial numbers. @throws StatusIndexError `sealing_key_unknown` */
  inOrder(ordinals: Uint32Array): Uint32Array {
    return this.#serials.ascending ? ordinals : inSerialOrder(ordinals, this.#serials);
  }

  *#ascending(isListed: ListedTest): Generator<RevocationBatch> {
    const batch = new RevocationBatch(this.#serials, isListed);
    for (let at = 0; at < this.#pages.count; at += 1) {
      batch.takePage(this.#pages.read(at));
      if (batch.count > 0) yield batch;
    }
  }

  *#each(ordinals: Uint32Array, isListed: ListedTest): Generator<RevocationBatch> {
    const batch = new RevocationBatch(this.#serials, isListed);
    for (let at = 0; at < ordinals.length; at += ORDINALS_A_PAGE) {
      batch.takeEach(this.#pages, ordinals.subarray(at, at + ORDINALS_A_PAGE));
      if (batch.count > 0) yield batch;
    }
  }

  /** Of everything that is revoked, ascending. */
  #ordinals(): Uint32Array {
    let count = 0;
    for (const ordinals of this.#pieces()) count += ordinals.length;
    const all = new Uint32Array(count);
    let filled = 0;
    for (const ordinals of this.#pieces()) {
      all.set(ordinals, filled);
      filled += ordinals.length;
    }
    return all;
  }

  /** The same page by page; each is good until the next. */
  *#pieces(): Generator<Uint32Array> {
    for (let at = 0; at < this.#pages.count; at += 1) {
      const page = this.#pages.read(at);
      if (page.count > 0) yield page.ordinals.subarray(0, page.count);
    }
  }
}

const entriesIn = (batches: () => Iterable<RevocationBatch>): FrozenEntries => ({
  batches,
  [Symbol.iterator]: () => eachOf(batches()),
});

function* eachOf(batches: Iterable<RevocationBatch>): Generator<FrozenEntry> {
  for (const batch of batches) yield* batch.entries();
}
