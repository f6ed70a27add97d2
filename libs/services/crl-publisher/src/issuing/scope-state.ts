import { type CrlScope, type PublicationProfile, scopeName } from '@kakunin/publication';
import type { PublishedCrl, PublishedCrls } from '../published-crls.ts';
import { HeldStatus } from './frozen-status.ts';
import { type ScopeTrouble, troubleOf } from './issuance-outcome.ts';

/** What is public of a scope, and what this process knows about it. */
export interface ScopeState {
  readonly scope: CrlScope;
  readonly complete: PublishedCrl | undefined;
  readonly delta: PublishedCrl | undefined;
  /** The partition's revision that the newest CRL shows; undefined: that CRL was not compared yet. */
  readonly shown: number | undefined;
  /** Why the last attempt published nothing. */
  readonly trouble: ScopeTrouble | undefined;
  /** False: what is public could not be read. */
  readonly isKnown: boolean;
}

/** Opens of a store at a time. */
const AT_A_TIME = 32;

/**
 * What is public of one authority, remembered between attempts: a nation's has 1,890 partitions, and to read all their pointers
 * after each revocation would take longer than to make the CRL. It holds as long as nobody else was allotted a number.
 */
export class AuthorityMemory {
  readonly #published: Pick<PublishedCrls, 'newest'>;
  /** Of a set that is made in slices. */
  readonly held = new HeldStatus();
  readonly #states = new Map<string, ScopeState>();
  #lastNumber: bigint | undefined;

  constructor(published: Pick<PublishedCrls, 'newest'>) {
    this.#published = published;
  }

  /** Whether nothing was published for the authority since it was remembered. @param lastNumber as the database has it */
  holds(lastNumber: bigint | undefined): boolean {
    return this.#states.size > 0 && lastNumber === this.#lastNumber;
  }

  forget(): void {
    this.#states.clear();
    this.held.drop();
  }

  /** What is remembered holds up to this number. */
  settle(lastNumber: bigint | undefined): void {
    this.#lastNumber = lastNumber;
  }

  states(): readonly ScopeState[] {
    return [...this.#states.values()];
  }

  note(scope: CrlScope, news: Partial<Omit<ScopeState, 'scope'>>): void {
    const known = this.#states.get(scopeName(scope));
    if (known) this.#states.set(scopeName(scope), { ...known, ...news });
  }

  /**
   * Reads what is public of the scopes that are not known.
   * @throws ObjectError `store_unavailable`
   */
  async recall(scopes: readonly CrlScope[], profile: Pick<PublicationProfile, 'deltas'>): Promise<void> {
    const unknown = scopes.filter((scope) => !this.#states.get(scopeName(scope))?.isKnown);
    for (let at = 0; at < unknown.length; at += AT_A_TIME) {
      const read = unknown.slice(at, at + AT_A_TIME).map((scope) => this.#read(scope, profile));
      for (const state of await Promise.all(read)) this.#states.set(scopeName(state.scope), state);
    }
  }

  async #read(scope: CrlScope, { deltas }: Pick<PublicationProfile, 'deltas'>): Promise<ScopeState> {
    const unseen = { scope, shown: undefined, trouble: undefined };
    try {
      const complete = await this.#published.newest(scope);
      const delta = deltas ? await this.#published.newest({ ...scope, kind: 'delta' }) : undefined;
      return { ...unseen, complete, delta, isKnown: true };
    } catch (error) {
      if ((error as { code?: string }).code === 'store_unavailable') throw error;
      return { ...unseen, complete: undefined, delta: undefined, isKnown: false, trouble: troubleOf(scope, error) };
    }
  }
}
