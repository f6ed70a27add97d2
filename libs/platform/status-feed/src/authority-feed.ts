import type { Authority } from '@kakunin/certificates';
import type { EventIdentity } from '@kakunin/event-log';
import type { StatusIndex, StatusIndexReader } from '@kakunin/status-index';
import { Freshness } from './freshness.ts';

/** What the feed knows of one authority. The object stays the same; what it tells follows the topic. */
export interface AuthorityStatus {
  readonly authority: Authority;
  readonly index: StatusIndexReader;
  /** Everything that was acknowledged to the authority before this instant is in the index; epoch ms, 0: not known yet. */
  readonly asOf: number;
  /** An event of this authority could not be applied: nothing may be answered until an operator resolved it. */
  readonly blocked: boolean;
  /** The same two, for other threads. */
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
}

/** The writing side of an {@link AuthorityStatus}. */
export class AuthorityFeed implements AuthorityStatus {
  readonly authority: Authority;
  readonly partition: number;
  readonly index: StatusIndex;
  readonly freshness = new Freshness();
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
  }

  get asOf(): number {
    return this.#input.asOf();
  }

  get blocked(): boolean {
    return this.#input.blocked();
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
