import { leafSegment, UsageLeafTemplate } from '@kakunin/usage-ledger';
import type { RecordedEvents } from '@kakunin/usage-journal/writer';
import type { SignedAnswer } from '../answering/call.ts';
import type { Customer } from '../answering/caller-connection.ts';
import type { AuthorityStatus } from '../answering/status-source.ts';
import { KINDS, kindOf } from './usage-kind.ts';

export interface CustomerReceiptsInput {
  /** Origin of the customer's ledger. */
  readonly ledger: string;
  readonly producer: string;
  readonly customer: Customer;
}

/** What one answer was recorded as. */
export interface ReceiptedAnswer {
  readonly answer: SignedAnswer;
  readonly events: RecordedEvents;
  /** Of the records, epoch ms. */
  readonly time: number;
}

/**
 * Writes the receipts of one customer: which event in which ledger each answer is, and the hash of the leaf that it will
 * be there. A dictionary of structured fields (RFC 9651); about several certificates, `event` and `leaf` are lists.
 */
export class CustomerReceipts {
  readonly #input: CustomerReceiptsInput;
  /** Weak: an authority that is gone takes its index with it. */
  readonly #templates = new WeakMap<AuthorityStatus, readonly UsageLeafTemplate[]>();
  #sequence = 0n;
  /** `<producer>/<sequence>/` */
  #segment = '';

  constructor(input: CustomerReceiptsInput) {
    this.#input = input;
  }

  /** @returns the value of the header `Kakunin-Receipt` */
  write({ answer, events, time }: ReceiptedAnswer): string {
    const { sequence, firstIndex, known } = events;
    if (sequence !== this.#sequence) {
      this.#sequence = sequence;
      this.#segment = leafSegment({ producer: this.#input.producer, sequence });
    }
    const segment = this.#segment;
    const templates = this.#templatesOf(answer.authority.status);
    const names: string[] = [];
    const leaves: string[] = [];
    for (let at = known; at < answer.subjects.length; at += 1) {
      const { flags, usageName } = answer.subjects[at]!;
      const index = firstIndex + at - known;
      const { certificateDigest } = usageName!;
      names.push(`"${segment}${index}"`);
      leaves.push(`:${templates[kindOf(flags)]!.recordHash({ segment, index, time, certificateDigest })}:`);
    }
    return `ledger="${this.#input.ledger}", event=${listed(names)}, leaf=${listed(leaves)}`;
  }

  #templatesOf(authority: AuthorityStatus): readonly UsageLeafTemplate[] {
    const known = this.#templates.get(authority);
    if (known) return known;
    const { serviceProvider, purpose } = this.#input.customer;
    const { authorityId, certificateClass } = authority;
    const constant = { serviceProvider, purpose, authorityId, certificateClass, channel: 'ocsp' } as const;
    const templates = KINDS.map((kind) => new UsageLeafTemplate({ ...constant, ...kind }));
    this.#templates.set(authority, templates);
    return templates;
  }
}

const listed = (items: readonly string[]): string => (items.length === 1 ? items[0]! : `(${items.join(' ')})`);
