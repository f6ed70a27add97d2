import type { Authority } from '@kakunin/certificates';
import type { EventIdentity } from '@kakunin/event-log';
import { StatusIndexError } from '@kakunin/status-index';
import type {
  FrozenRevocations,
  IssuedCertificate,
  SealingKeysByVersion,
  StatusIndex,
  StatusIndexReader,
} from '@kakunin/status-index';
import { Freshness } from './freshness.ts';

/** What the feed knows of one authority. The object stays the same; what it tells follows the topic. */
export interface AuthorityStatus {
  readonly authority: Authority;
  readonly index: StatusIndexReader;
  /** What is revoked at this moment, for a CRL; the index goes on. To be released. */
  freeze(): FrozenRevocations;
  /** Everything that was acknowledged to the authority before this instant is in the index; epoch ms, 0: not known yet. */
  readonly asOf: number;
  /**
   * An event of this authority could not be applied, or a key is missing: nothing may be answered until an operator has
   * put it right.
   */
  readonly blocked: boolean;
  /** Versions of sealing keys that the index needs and has not: without them what was issued would look as if it were not. */
  readonly missingSealingKeys: readonly number[];
  /** Those two, for other threads. */
  readonly freshness: Freshness;
}

/** Highest sequence applied, by producer. */
export type AppliedSequences = Readonly<Record<string, string>>;

interface AuthorityFeedInput {
  readonly authority: Authority;
  readonly partition: number;
  readonly index: StatusIndex;
  readonly applied?: AppliedSequences;
  readonly asOf: () => number;
  readonly blocked: () => boolean;
  /** As they are now. */
  readonly sealingKeys: () => SealingKeysByVersion;
}

/** The writing side of an {@link AuthorityStatus}. */
export class AuthorityFeed implements AuthorityStatus {
  readonly authority: Authority;
  readonly partition: number;
  readonly index: StatusIndex;
  readonly freshness = new Freshness();
  missingSealingKeys: readonly number[] = [];
  readonly #applied: Map<string, bigint>;
  readonly #input: AuthorityFeedInput;

  constructor(input: AuthorityFeedInput) {
    this.authority = input.authority;
    this.partition = input.partition;
    this.index = input.index;
    this.#input = input;
    this.#applied = new Map(
      Object.entries(input.applied ?? {}).map(([producer, sequence]) => [producer, BigInt(sequence)]),
    );
    this.readSealingKeys();
  }

  get asOf(): number {
    return this.#input.asOf();
  }

  get blocked(): boolean {
    return this.missingSealingKeys.length > 0 || this.#input.blocked();
  }

  freeze(): FrozenRevocations {
    return this.index.freeze();
  }

  readSealingKeys(): void {
    if (this.authority.serialScheme.kind !== 'sealed') return;
    this.index.addSealingKeys(this.#input.sealingKeys());
    this.missingSealingKeys = this.index.missingSealingKeys();
  }

  /** `put` of the index; a key that the registry has begun to seal with may have come since the keys were read. */
  put(serial: Uint8Array, certificate: IssuedCertificate): boolean {
    try {
      return this.index.put(serial, certificate);
    } catch (error) {
      if (!(error instanceof StatusIndexError) || error.code !== 'sealing_key_unknown') throw error;
      this.readSealingKeys();
      return this.index.put(serial, certificate);
    }
  }

  /** False for what a producer sent twice: the events of one authority come in the order of their sequences. */
  isNew({ producer, sequence }: EventIdentity): boolean {
    return sequence > (this.#applied.get(producer) ?? -1n);
  }

  remember({ producer, sequence }: EventIdentity): void {
    this.#applied.set(producer, sequence);
  }

  get applied(): AppliedSequences {
    return Object.fromEntries([...this.#applied].map(([producer, sequence]) => [producer, sequence.toString()]));
  }
}
