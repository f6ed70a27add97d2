import type { UsageError } from '@kakunin/usage';
import type { Waiter } from '@kakunin/usage-journal/writer';
import { countedAs } from '../metering/customer-usage.ts';
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

/** One request on its way to its one reply, and what is counted of it. Waits for its usage to be recorded. */
export class Call implements Waiter {
  readonly #reply: Reply;
  readonly #figures: Figures;
  readonly #started = performance.now();
  #isReplied = false;
  #answer: SignedAnswer | undefined;
  #customer: Customer | undefined;

  constructor(reply: Reply, figures: Figures) {
    this.#reply = reply;
    this.#figures = figures;
  }

  /** False once the caller has gone. */
  get isWanted(): boolean {
    return this.#reply.wanted;
  }

  /** What to say, and to whom, once `recorded` is called. */
  hold(answer: SignedAnswer, customer: Customer): void {
    this.#answer = answer;
    this.#customer = customer;
  }

  recorded(): void {
    const answer = this.#answer;
    if (this.#isReplied || !answer || !this.#customer) return;
    this.#isReplied = true;
    const { certificateClass } = answer.authority.status;
    for (const { flags } of answer.subjects) this.#figures.requested(countedAs(flags).outcome, certificateClass);
    this.#figures.answered(answer.source);
    this.#figures.took((performance.now() - this.#started) / 1000);
    this.#reply.answered(answer, this.#customer);
  }

  refused(_error: UsageError): void {
    this.refuse('journal_unavailable');
  }

  refuse(code: RefusalCode): void {
    if (this.#isReplied) return;
    this.#isReplied = true;
    this.#figures.refused(code);
    this.#figures.took((performance.now() - this.#started) / 1000);
    this.#reply.refused(code);
  }
}
