import { BlindListError } from './blind-list-error.ts';
import type { BlindListChain } from './blind-list-chain.ts';
import { encodeBlock } from './encode-block.ts';
import { encodeShape } from './block-table.ts';
import { type BlindListHeader, encodeHeader, MOST_BLOCKS } from './header.ts';
import { KeyHash } from './key-hash.ts';
import { scale } from './mix.ts';
import { concatenate, memoryPartitions, type Partitions } from './partitions.ts';

/** Certificates of one authority are spread evenly over blocks of about so many (ADR 12). */
export const CERTIFICATES_A_BLOCK = 131_072;
/** Keys that wait in memory for each block. */
const KEYS_A_CHUNK = 512;

/** What a list is built with. */
export interface BlindListPlan {
  /** 16 octets, random and used once: nobody can make certificates for a salt that is not known yet. */
  readonly salt: Uint8Array;
  /** About how many certificates will be added: sets the number of blocks, and that alone. */
  readonly certificates: number;
  /** For a delta: what it changes. */
  readonly base?: BlindListChain;
  /** Default: memory. */
  readonly partitions?: Partitions;
}

/** Says when and for how long a list is right; the rest of its header comes from the plan. */
export type BlindListTimes = Omit<BlindListHeader, 'salt' | 'base'>;

/**
 * Builds a full list or a delta from a stream of certificates, in memory for one block (and what `Partitions` needs).
 * The same certificates, salt and times give the same octets, in whatever order they come.
 */
export class BlindListBuilder {
  readonly #plan: BlindListPlan;
  readonly #key: KeyHash;
  readonly #partitions: Partitions;
  readonly #chunks: readonly Uint32Array[];
  readonly #filled: Uint32Array;
  #added = 0;
  #built = false;

  /** @throws BlindListError `invalid_input` when the plan is none */
  constructor(plan: BlindListPlan) {
    const blocks = Math.max(1, Math.round(plan.certificates / CERTIFICATES_A_BLOCK));
    if (!(blocks <= MOST_BLOCKS)) throw new BlindListError('invalid_input', 'So many certificates fit no list.');
    this.#plan = plan;
    this.#key = new KeyHash(plan.salt);
    this.#partitions = plan.partitions ?? memoryPartitions();
    this.#chunks = Array.from({ length: blocks }, () => new Uint32Array(KEYS_A_CHUNK * 2));
    this.#filled = new Uint32Array(blocks);
  }

  /** How many times a certificate was added: to be compared with how many there are. */
  get added(): number {
    return this.#added;
  }

  /**
   * Adds a certificate; the same one again changes nothing. Every certificate that the list will cover must be added.
   * @param fingerprint SHA-256 of its DER
   * @throws BlindListError `invalid_input`
   */
  add(fingerprint: Uint8Array, revoked: boolean): void {
    this.#refuseIfBuilt();
    const marked = this.#plan.base ? this.#plan.base.marks(fingerprint) !== revoked : revoked;
    this.#key.take(fingerprint);
    const block = scale(this.#key.place, this.#chunks.length);
    const chunk = this.#chunks[block]!;
    const at = this.#filled[block]!;
    chunk[at] = this.#key.low | Number(marked);
    chunk[at + 1] = this.#key.high;
    this.#filled[block] = at + 2;
    this.#added += 1;
    if (at + 2 === chunk.length) this.#flush(block);
  }

  /**
   * The file, once all certificates have been added. Nothing can be done with the builder afterwards.
   * @throws BlindListError `conflicting_status`, `unsolvable`, `invalid_input` when the times are none
   */
  build(times: BlindListTimes): Uint8Array {
    const { salt, base } = this.#plan;
    const header = { ...times, salt, ...(base && { base: base.header }) };
    const file = [encodeHeader(header, this.#chunks.length)];
    this.#refuseIfBuilt();
    this.#built = true;
    const solutions: Uint8Array[] = [];
    for (let block = 0; block < this.#chunks.length; block += 1) {
      this.#flush(block);
      const { buffer } = concatenate([this.#partitions.take(block)]);
      const { shape, words } = encodeBlock(new Uint32Array(buffer));
      file.push(encodeShape(shape));
      solutions.push(littleEndian(words));
    }
    return concatenate([...file, ...solutions]);
  }

  /** Its keys are used up: a second list would be an empty one. */
  #refuseIfBuilt(): void {
    if (this.#built) throw new BlindListError('invalid_input', 'The list is built already.');
  }

  #flush(block: number): void {
    const { buffer } = this.#chunks[block]!;
    this.#partitions.append(block, new Uint8Array(buffer, 0, this.#filled[block]! * 4));
    this.#filled[block] = 0;
  }
}

function littleEndian(words: Int32Array): Uint8Array {
  const octets = new Uint8Array(words.length * 4);
  const view = new DataView(octets.buffer);
  words.forEach((word, index) => view.setInt32(index * 4, word, true));
  return octets;
}
