import { leafSegment, UsageLeafTemplate } from '@kakunin/usage-ledger';
import type { RecordedEvents } from '@kakunin/usage-journal/writer';
import type { SignedAnswer } from '../answering/call.ts';
import type { Customer } from '../answering/caller-connection.ts';
import type { AuthorityStatus } from '../answering/status-source.ts';
import type { Subject } from '../answering/subject.ts';
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
  write(receipted: ReceiptedAnswer): string {
    const { answer, events } = receipted;
    const { sequence, firstIndex, known } = events;
    if (sequence !== this.#sequence) {
      this.#sequence = sequence;
      this.#segment = leafSegment({ producer: this.#input.producer, sequence });
    }
    const { ledger } = this.#input;
    const subjects = known === 0 ? answer.subjects : answer.subjects.slice(known);
    const leaves = subjects.map((subject, at) => `:${this.#leaf(receipted, subject, firstIndex + at)}:`);
    // Nearly all answers are about one certificate.
    if (leaves.length === 1) return `ledger="${ledger}", event="${this.#segment}${firstIndex}", leaf=${leaves[0]!}`;
    const names = subjects.map((_, at) => `"${this.#segment}${firstIndex + at}"`);
    return `ledger="${ledger}", event=(${names.join(' ')}), leaf=(${leaves.join(' ')})`;
  }

  #leaf({ answer, time }: ReceiptedAnswer, { flags, usageName }: Subject, index: number): string {
    const template = this.#templatesOf(answer.authority.status)[kindOf(flags)]!;
    // It was named when it was recorded.
    const { certificateDigest } = usageName!;
    return template.recordHash({ segment: this.#segment, index, time, certificateDigest });
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
