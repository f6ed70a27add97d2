/** `proposed`: the partner has not consented; `ended`: its key is destroyed. */
export type MatchingState = 'proposed' | 'open' | 'ended';

/** Two service providers that want to know which persons both serve (ADR 21). */
export interface Matching {
  readonly matchingId: string;
  readonly proposer: string;
  readonly partner: string;
  /** Why, in a word; it is in the audit log. */
  readonly purpose: string;
  /** How many inputs each of the two may have evaluated. */
  readonly mostInputs: number;
  readonly state: MatchingState;
  readonly proposedAt: number;
  readonly expiresAt: number;
  /** Of the key that evaluates, once the partner has consented. */
  readonly publicKey?: Uint8Array;
  /** So far. */
  readonly proposerInputs: number;
  readonly partnerInputs: number;
}
