import type { Clock } from '@kakunin/calendar';
import type { UsageRecording } from '../metering/usage-recording.ts';
import type { SignedOctets } from '../signing/signer-layout.ts';
import type { AnswerDrafts, Draft } from './answer-drafts.ts';
import type { CachedAnswers } from './cached-answers.ts';
import type { SignedAnswer } from './call.ts';
import type { CurrentTerms, Signers, Terms } from './current-terms.ts';
import type { LiveQuestion } from './live-question.ts';
import { isCacheable } from './question.ts';
import type { Question } from './question.ts';
import type { RequestSigners } from './request-signers.ts';

export interface LiveParts {
  readonly clock: Clock;
  readonly terms: CurrentTerms;
  readonly signers: Pick<Signers, 'signed' | 'failed'>;
  readonly requestSigners: RequestSigners;
  readonly drafts: AnswerDrafts;
  readonly cached: CachedAnswers;
  readonly recording: UsageRecording;
  /** Status data older than this is not told, ms. */
  readonly statusMaxAge: number;
}

/** An answer that is laid out, and by whom it is to be signed. */
export interface Drafted {
  readonly terms: Terms;
  readonly draft: Draft;
  /** Epoch ms. */
  readonly now: number;
}

/** What happens to a question whose turn it is, up to its signature and after it. */
export class LiveSteps {
  readonly #parts: LiveParts;

  constructor(parts: LiveParts) {
    this.#parts = parts;
  }

  /**
   * Looks at everything anew, because the question may have waited.
   * @returns what is to be signed; undefined when the question is done with: answered with what was signed meanwhile,
   * refused, or nobody waits for the answer any more
   */
  draft(asked: LiveQuestion): Drafted | undefined {
    const { clock, cached, drafts, requestSigners, statusMaxAge } = this.#parts;
    const { call, question, authority } = asked;
    if (!call.isWanted) return undefined;
    const now = clock.now();
    const kept = isCacheable(question) ? cached.find(question.octets, now) : undefined;
    if (kept) return void this.#record(asked, kept, now);
    const silence = authority.silence(now, statusMaxAge);
    if (silence) return void call.refuse(silence);
    const terms = this.#parts.terms.of(authority, now, question.preferred);
    if (!terms) return void call.refuse('signer_unavailable');
    const refusal = requestSigners.refusalOf(asked, terms.policy, now);
    if (refusal) return void call.refuse(refusal);
    const draft = drafts.draft(question, terms, now);
    // A validity may be shorter than data may be old; what nobody could rely on any more is not to be paid for.
    if (draft.nextUpdate <= now) return void call.refuse('status_data_stale');
    return { terms, draft, now };
  }

  /** Gives a signed answer to all who asked the same; it leaves once its usage is recorded. */
  give(askers: readonly [LiveQuestion, ...LiveQuestion[]], drafted: Drafted, signature: Uint8Array): void {
    const { draft, terms, now } = drafted;
    const { question, authority } = askers[0];
    this.#parts.signers.signed(terms.signer);
    const octets = draft.octets.finish(signature);
    const { thisUpdate, nextUpdate, subjects } = draft;
    const answer = { ...octets, thisUpdate, nextUpdate, subjects, authority, hasNonce: question.hasNonce };
    if (isCacheable(question)) this.#keep(question, drafted, octets);
    for (const asker of askers) if (asker.call.isWanted) this.#record(asker, { ...answer, source: 'live' }, now);
  }

  /** The key did not sign: nobody is answered, and nobody charged. */
  fail(askers: readonly LiveQuestion[], { terms }: Drafted, error: unknown): void {
    this.#parts.signers.failed(terms.signer, error);
    for (const { call } of askers) call.refuse('signer_unavailable');
  }

  #keep({ octets: request, preferred }: Question, { terms, draft, now }: Drafted, octets: SignedOctets): void {
    const { generation, thisUpdate, nextUpdate } = draft;
    const subject = draft.subjects[0]!;
    this.#parts.cached.keep({ ...octets, request, preferred, terms, subject, generation, thisUpdate, nextUpdate, now });
  }

  #record({ call, customer, question }: LiveQuestion, answer: SignedAnswer, now: number): void {
    this.#parts.recording.record({ answer, customer, octets: question.octets, now }, call);
  }
}
