import type { UsageError } from '@kakunin/usage';
import type { RecordedEvents, Waiter } from '@kakunin/usage-journal/writer';
import type { CustomerReceipts } from '../metering/customer-receipts.ts';
import { countedAs } from '../metering/usage-kind.ts';
import type { Figures } from '../worker/figures.ts';
import type { Customer } from './caller-connection.ts';
import type { EncodedAnswer, Reply } from './engine.ts';
import type { KnownAuthority } from './known-authority.ts';
import type { RefusalCode } from './refusal.ts';
import type { Subject } from './subject.ts';

/** A signed answer, with what it counts as. */
export interface SignedAnswer extends EncodedAnswer {
  readonly source: 'cached' | 'live';
  readonly authority: KnownAuthority;
  readonly subjects: readonly Subject[];
}

/** What to say, and to whom, once it is recorded. */
export interface HeldAnswer {
  readonly answer: SignedAnswer;
  readonly customer: Customer;
  /** With what a receipt is written; undefined: the customer is given none. */
  readonly receipt?: { readonly receipts: CustomerReceipts; readonly time: number } | undefined;
}

/** What is counted of calls, and who hears of a reply that failed. */
export interface CallObserver {
  readonly figures: Figures;
  readonly log: { error(message: string, error: unknown): void };
}

/**
 * One request on its way to its one reply, and what is counted of it. Waits for its usage to be recorded. Nothing that it
 * is told makes it throw: others wait behind it.
 */
export class Call implements Waiter {
  readonly #reply: Reply;
  readonly #observer: CallObserver;
  readonly #started = performance.now();
  #isReplied = false;
  #held: HeldAnswer | undefined;

  constructor(reply: Reply, observer: CallObserver) {
    this.#reply = reply;
    this.#observer = observer;
  }

  /** False once the caller has gone. */
  get isWanted(): boolean {
    return this.#reply.wanted;
  }

  hold(held: HeldAnswer): void {
    this.#held = held;
  }

  recorded(events?: RecordedEvents): void {
    if (this.#isReplied || !this.#held) return;
    const { answer, customer, receipt } = this.#held;
    this.#isReplied = true;
    const { figures } = this.#observer;
    const { certificateClass } = answer.authority.status;
    for (const { flags } of answer.subjects) figures.requested(countedAs(flags).outcome, certificateClass);
    figures.answered(answer.source);
    figures.took((performance.now() - this.#started) / 1000);
    try {
      const { receipts, time = 0 } = receipt ?? {};
      this.#reply.answered(answer, customer, events && receipts?.write({ answer, events, time }));
    } catch (error) {
      this.#replyFailed(error);
    }
  }

  refused(_error: UsageError): void {
    this.refuse('journal_unavailable');
  }

  refuse(code: RefusalCode): void {
    if (this.#isReplied) return;
    this.#isReplied = true;
    const { figures } = this.#observer;
    figures.refused(code);
    figures.took((performance.now() - this.#started) / 1000);
    try {
      this.#reply.refused(code);
    } catch (error) {
      this.#replyFailed(error);
    }
  }

  #replyFailed(error: unknown): void {
    this.#observer.log.error('an OCSP answer could not be sent', error);
  }
}
