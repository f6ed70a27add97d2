import type { JournalWriter, Waiter } from '@kakunin/usage-journal/writer';
import type { Customer } from '../answering/caller-connection.ts';
import type { SignedAnswer } from '../answering/call.ts';
import { CustomerUsage } from './customer-usage.ts';

/** What a signed answer is recorded as. */
export interface AnsweredRequest {
  readonly answer: SignedAnswer;
  readonly customer: Customer;
  /** The request; its digest is recorded when it carries a nonce. */
  readonly octets: Uint8Array;
  /** Epoch ms. */
  readonly now: number;
}

const NO_DIGEST = new Uint8Array(16);
/** Length, CRC, time, five codes, three texts of at most 255 octets with their lengths, two digests. */
const LONGEST_RECORD = 6 + 6 + 5 + 3 * 256 + 2 * 16;

/** Records answers in the journal, before they leave. */
export class UsageRecording {
  readonly #journal: Pick<JournalWriter, 'record'>;
  readonly #usages = new WeakMap<Customer, CustomerUsage>();
  /** Reused by every request: the journal copies. */
  readonly #records: Buffer;
  /** Its beginnings, by length: few lengths come, and to make a view takes 70 ns. */
  readonly #views = new Map<number, Uint8Array>();

  /** @param maxSubjects most certificates that one answer is about */
  constructor(journal: Pick<JournalWriter, 'record'>, maxSubjects: number) {
    this.#journal = journal;
    this.#records = Buffer.alloc(maxSubjects * LONGEST_RECORD);
  }

  /** The waiter is told when the usage is durable, at once when nobody is charged. */
  record({ answer, customer, octets, now }: AnsweredRequest, waiter: Waiter): void {
    if (!customer.charged) return waiter.recorded();
    const usage = this.#usageOf(customer);
    const digest = answer.hasNonce ? usage.requestDigest.of(octets) : undefined;
    const requestDigest = digest ?? NO_DIGEST;
    let end = 0;
    for (const { flags, certificateDigest } of answer.subjects) {
      const template = usage.templateOf(answer.authority.status, flags);
      end = template.write(this.#records, end, { time: now, requestDigest, certificateDigest });
    }
    const records = this.#viewOf(end);
    this.#journal.record({ records, count: answer.subjects.length, time: now, digest }, waiter);
  }

  #viewOf(length: number): Uint8Array {
    const known = this.#views.get(length);
    if (known) return known;
    const view = this.#records.subarray(0, length);
    this.#views.set(length, view);
    return view;
  }

  #usageOf(customer: Customer): CustomerUsage {
    const known = this.#usages.get(customer);
    if (known) return known;
    const usage = new CustomerUsage(customer);
    this.#usages.set(customer, usage);
    return usage;
  }
}
