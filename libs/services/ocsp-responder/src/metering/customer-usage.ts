import { UsageRecordTemplate } from '@kakunin/usage';
import type { CustomerTally } from '@kakunin/usage-journal/writer';
import type { Customer } from '../answering/caller-connection.ts';
import type { AuthorityStatus } from '../answering/status-source.ts';
import type { CustomerReceipts } from './customer-receipts.ts';
import { RequestDigest } from './request-digest.ts';
import { KINDS, kindOf } from './usage-kind.ts';

/** What is kept of one customer to record the usage of his answers: everything that does not differ between them. */
export class CustomerUsage {
  /** Counts the events of the platform provider, whose ledger they go to. */
  readonly tally: CustomerTally;
  /** Undefined when the customer is given none. */
  readonly receipts: CustomerReceipts | undefined;
  readonly requestDigest: RequestDigest;
  readonly #customer: Customer;
  /** Weak: an authority that is gone takes its index with it. */
  readonly #templates = new WeakMap<AuthorityStatus, readonly UsageRecordTemplate[]>();

  constructor(customer: Customer, kept: Pick<CustomerUsage, 'tally' | 'receipts'>) {
    this.#customer = customer;
    this.tally = kept.tally;
    this.receipts = kept.receipts;
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
