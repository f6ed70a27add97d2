import type { DigestKey } from '@kakunin/digest-keys';
import type { JournalWriter } from '@kakunin/usage-journal/writer';
import type { Call, SignedAnswer } from '../answering/call.ts';
import type { Customer } from '../answering/caller-connection.ts';
import type { KnownAuthority } from '../answering/known-authority.ts';
import type { Subject } from '../answering/subject.ts';
import { CustomerUsage } from './customer-usage.ts';
import type { DigestKeys } from './digest-keys.ts';
import type { ReceiptIssuer } from './receipt-issuer.ts';

/** What a signed answer is recorded as. */
export interface AnsweredRequest {
  readonly answer: SignedAnswer;
  readonly customer: Customer;
  /** The request; its digest is recorded when it carries a nonce. */
  readonly octets: Uint8Array;
  /** Epoch ms. */
  readonly now: number;
}

/** Of the journal, what recording needs. */
export type RecordingJournal = Pick<JournalWriter, 'record' | 'earliestTime' | 'tallyOf'>;

export interface UsageRecordingInput {
  readonly journal: RecordingJournal;
  readonly digestKeys: Pick<DigestKeys, 'at'>;
  /** Undefined: nobody is given receipts. */
  readonly receipts: ReceiptIssuer | undefined;
  /** Most certificates that one answer is about. */
  readonly maxSubjects: number;
}

const NO_DIGEST = new Uint8Array(16);
/** Length, CRC, time, five codes, three texts of at most 255 octets with their lengths, two digests. */
const LONGEST_RECORD = 6 + 6 + 5 + 3 * 256 + 2 * 16;

/** Records answers in the journal, before they leave. */
export class UsageRecording {
  readonly #input: UsageRecordingInput;
  readonly #usages = new WeakMap<Customer, CustomerUsage>();
  /** Reused by every request: the journal copies. */
  readonly #records: Buffer;
  /** Its beginnings, by length: few lengths come, and to make a view takes 70 ns. */
  readonly #views = new Map<number, Uint8Array>();

  constructor(input: UsageRecordingInput) {
    this.#input = input;
    this.#records = Buffer.alloc(input.maxSubjects * LONGEST_RECORD);
  }

  /** Whether usage of now (epoch ms) can be recorded; the journal may still refuse it. */
  isReady(now: number): boolean {
    return this.#input.digestKeys.at(this.#timeOf(now)) !== undefined;
  }

  /** The call is told when the usage is durable, at once when nobody is charged. */
  record({ answer, customer, octets, now }: AnsweredRequest, call: Call): void {
    if (!customer.charged) {
      call.hold({ answer, customer });
      return call.recorded();
    }
    const { journal, digestKeys } = this.#input;
    const time = this.#timeOf(now);
    const key = digestKeys.at(time);
    if (!key) return call.refuse('digest_key_missing');
    const usage = this.#usageOf(customer);
    const digest = answer.hasNonce ? usage.requestDigest.of(octets) : undefined;
    const requestDigest = digest ?? NO_DIGEST;
    let end = 0;
    for (const subject of answer.subjects) {
      const template = usage.templateOf(answer.authority.status, subject.flags);
      const certificateDigest = nameOf(subject, { authority: answer.authority, octets, key });
      end = template.write(this.#records, end, { time, requestDigest, certificateDigest });
    }
    const { tally, receipts } = usage;
    call.hold({ answer, customer, receipt: receipts && { receipts, time } });
    const records = this.#viewOf(end);
    journal.record({ records, count: answer.subjects.length, time, digest, tally }, call);
  }

  /** After the clock was set back, what the journal has said to be complete is not contradicted. */
  #timeOf(now: number): number {
    return Math.max(now, this.#input.journal.earliestTime);
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
    const { journal, receipts } = this.#input;
    const tally = journal.tallyOf(customer.platformProvider);
    const usage = new CustomerUsage(customer, { tally, receipts: receipts?.forCustomer(customer) });
    this.#usages.set(customer, usage);
    return usage;
  }
}

interface NamedIn {
  readonly authority: KnownAuthority;
  readonly octets: Uint8Array;
  readonly key: DigestKey;
}

/** Worked out once for each certificate of an answer, and again only when another year begins. */
function nameOf(subject: Subject, { authority, octets, key }: NamedIn): Uint8Array {
  if (subject.usageName?.key === key) return subject.usageName.certificateDigest;
  const { start, end } = subject.serial;
  const certificateDigest = authority.digestWith(key).of(octets, start, end);
  subject.usageName = { key, certificateDigest };
  return certificateDigest;
}
