import { instantOf, reasonOf, type Revocation } from './certificate-state.ts';
import type { FrozenPages } from './frozen-pages.ts';
import { INVALIDITY_DATE, packedState, type PackedState } from './packed-state.ts';
import type { Partitions } from './partitions.ts';
import type { SerialMap } from './serial-map.ts';
import { inSerialOrder } from './serial-order.ts';

/** A revoked certificate as a CRL lists it: one object for all, filled in anew for each; its octets too are good for one only. */
export interface FrozenEntry extends Revocation {
  /** Content octets of the DER INTEGER. */
  readonly serialNumber: Uint8Array;
}
type ReusedEntry = { -readonly [Key in keyof FrozenEntry]: FrozenEntry[Key] };

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
   * @param isListed which of them; it may see none but the entry that it is given
   * @throws StatusIndexError `sealing_key_unknown`
   */
  entries(isListed: (entry: FrozenEntry) => boolean = all): Iterable<FrozenEntry> {
    if (this.#serials.ascending) return { [Symbol.iterator]: () => this.#ascending(isListed) };
    this.#sorted ??= inSerialOrder(this.#ordinals(), this.#serials);
    return this.entriesOf(this.#sorted, isListed);
  }

  /** Those of these ordinals, in their order; all of them are revoked. */
  entriesOf(ordinals: Uint32Array, isListed: (entry: FrozenEntry) => boolean = all): Iterable<FrozenEntry> {
    return { [Symbol.iterator]: () => this.#each(ordinals, isListed) };
  }

  /**
   * The ordinals of the revoked certificates of each partition, by its label; none where certificates have no partition.
   * @param isWanted which partitions: sorting those of few takes less than sorting all
   */
  byPartition(isWanted: (label: string) => boolean = all): ReadonlyMap<string, Uint32Array> {
    const partitions = this.#partitions;
    if (!partitions) return new Map();
    const groups = partitions.group(this.#ordinals(), isWanted);
    if (this.#serials.ascending) return groups;
    return new Map([...groups].map(([label, ordinals]) => [label, inSerialOrder(ordinals, this.#serials)]));
  }

  *#ascending(isListed: (entry: FrozenEntry) => boolean): Generator<FrozenEntry> {
    const entry = reusedEntry();
    const state = packedState();
    for (let at = 0; at < this.#pages.count; at += 1) {
      const page = this.#pages.read(at);
      const serials = this.#serials.serialsOf(page.ordinals, page.count);
      for (let index = 0; index < page.count; index += 1) {
        page.state(index, state);
        fill(entry, serials[index]!, state);
        if (isListed(entry)) yield entry;
      }
    }
  }

  *#each(ordinals: Uint32Array, isListed: (entry: FrozenEntry) => boolean): Generator<FrozenEntry> {
    const entry = reusedEntry();
    const state = packedState();
    const one = new Uint32Array(1);
    for (const ordinal of ordinals) {
      one[0] = ordinal;
      this.#pages.readState(ordinal, state);
      fill(entry, this.#serials.serialsOf(one, 1)[0]!, state);
      if (isListed(entry)) yield entry;
    }
  }

  /** Of everything that is revoked, ascending. */
  #ordinals(): Uint32Array {
    let count = 0;
    for (let at = 0; at < this.#pages.count; at += 1) count += this.#pages.read(at).count;
    const ordinals = new Uint32Array(count);
    let filled = 0;
    for (let at = 0; at < this.#pages.count; at += 1) {
      const page = this.#pages.read(at);
      ordinals.set(page.ordinals.subarray(0, page.count), filled);
      filled += page.count;
    }
    return ordinals;
  }
}

const all = (): boolean => true;

const reusedEntry = (): ReusedEntry => ({
  serialNumber: new Uint8Array(),
  revocationDate: 0,
  reason: 'unspecified',
  invalidityDate: undefined,
  notAfter: 0,
});

function fill(entry: ReusedEntry, serial: Uint8Array, state: PackedState): void {
  entry.serialNumber = serial;
  entry.revocationDate = instantOf(state.revocationDate);
  entry.reason = reasonOf(state.flags);
  entry.invalidityDate = state.flags & INVALIDITY_DATE ? instantOf(state.invalidityDate) : undefined;
  entry.notAfter = instantOf(state.notAfter);
}
