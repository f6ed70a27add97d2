import { UsageRecordTemplate } from '@kakunin/usage';
import type { Carrier, Outcome } from '@kakunin/usage';
import { ISSUED, REVOKED, SMARTPHONE } from '@kakunin/status-index';
import type { Customer } from '../answering/caller-connection.ts';
import type { AuthorityStatus } from '../answering/status-source.ts';
import { RequestDigest } from './request-digest.ts';

/** What the answer about one certificate counts as. */
export interface CountedAs {
  readonly outcome: Outcome;
  readonly carrier: Carrier;
}

/** The kinds of answers, in the order of {@link kindOf}. */
const KINDS: readonly CountedAs[] = [
  { outcome: 'good', carrier: 'card' },
  { outcome: 'good', carrier: 'smartphone' },
  { outcome: 'revoked', carrier: 'card' },
  { outcome: 'revoked', carrier: 'smartphone' },
  // Nobody knows the carrier of a certificate that was never issued; `unknown` is not charged, so `card` does no harm.
  { outcome: 'unknown', carrier: 'card' },
];

/** @param flags of the certificate's `PackedState` */
function kindOf(flags: number): number {
  if (!(flags & ISSUED)) return 4;
  return (flags & REVOKED ? 2 : 0) + (flags & SMARTPHONE ? 1 : 0);
}

/** What the answer about a certificate with these flags counts as. */
export const countedAs = (flags: number): CountedAs => KINDS[kindOf(flags)]!;

/** What is kept of one customer to record the usage of his answers: everything that does not differ between them. */
export class CustomerUsage {
  readonly requestDigest: RequestDigest;
  readonly #customer: Customer;
  /** Weak: an authority that is gone takes its index with it. */
  readonly #templates = new WeakMap<AuthorityStatus, readonly UsageRecordTemplate[]>();

  constructor(customer: Customer) {
    this.#customer = customer;
    this.requestDigest = new RequestDigest(customer);
  }

  /** @param flags of the certificate's `PackedState` */
  templateOf(authority: AuthorityStatus, flags: number): UsageRecordTemplate {
    return (this.#templates.get(authority) ?? this.#make(authority))[kindOf(flags)]!;
  }

  #make(authority: AuthorityStatus): readonly UsageRecordTemplate[] {
    const { platformProvider, serviceProvider, purpose } = this.#customer;
    const { authorityId, certificateClass } = authority;
    const customer = { platformProvider, serviceProvider, purpose, channel: 'ocsp' } as const;
    const templates = KINDS.map(
      (kind) => new UsageRecordTemplate({ ...customer, authorityId, certificateClass, ...kind }),
    );
    this.#templates.set(authority, templates);
    return templates;
  }
}
