import { KnownAuthorities } from './known-authorities.ts';
import { UsageRecording } from '../metering/usage-recording.ts';
import { AnswerDrafts } from './answer-drafts.ts';
import type { CachedAnswer } from './cached-answer.ts';
import { CachedAnswers } from './cached-answers.ts';
import { Call } from './call.ts';
import type { Identified } from './caller-connection.ts';
import { CurrentTerms } from './current-terms.ts';
import type { Ask, Engine, Reply } from './engine.ts';
import { findAuthority } from './find-authority.ts';
import { LiveAnswers } from './live-answers.ts';
import { LiveSteps } from './live-steps.ts';
import type { OcspEngineInput } from './ocsp-engine-input.ts';
import { readQuestion } from './question.ts';
import { RequestSigners } from './request-signers.ts';

/** A request whose caller was looked at. */
interface Asking {
  readonly ask: Ask;
  readonly call: Call;
  readonly identified: Identified;
  /** Epoch ms. */
  readonly now: number;
}

/** Answers a request, step by step: each step gives what the next ones need, or ends with a refusal. */
export class OcspEngine implements Engine {
  readonly #input: OcspEngineInput;
  readonly #authorities: KnownAuthorities;
  readonly #terms: CurrentTerms;
  readonly #cached: CachedAnswers;
  readonly #recording: UsageRecording;
  readonly #live: LiveAnswers;

  constructor(input: OcspEngineInput) {
    const { clock, status, signers, head, journal, digestKeys, receipts, figures, options } = input;
    const { statusMaxAge } = options;
    const authorities = new KnownAuthorities(status);
    const terms = new CurrentTerms(signers);
    const { cachedAnswers: capacity, cachedAnswerMaxAge: maxAge } = options;
    const cached = new CachedAnswers({ authorities, terms, head, capacity, maxAge, statusMaxAge });
    const recording = new UsageRecording({ journal, digestKeys, receipts, maxSubjects: options.maxRequests });
    const requestSigners = new RequestSigners(input.directory);
    const drafts = new AnswerDrafts(head);
    const steps = new LiveSteps({ clock, terms, signers, requestSigners, drafts, cached, recording, statusMaxAge });
    this.#input = input;
    this.#authorities = authorities;
    this.#terms = terms;
    this.#cached = cached;
    this.#recording = recording;
    this.#live = new LiveAnswers({
      steps,
      figures,
      queueLimit: options.signingQueueLimit,
      signingLimit: options.signingLimit,
      onFault: ({ call }, error) => this.#fail(call, error),
    });
  }

  /** Questions that wait for a signature. */
  get waiting(): number {
    return this.#live.waiting;
  }

  answer(ask: Ask, reply: Reply): void {
    const call = new Call(reply, this.#input);
    try {
      this.#answer(ask, call);
    } catch (error) {
      this.#fail(call, error);
    }
  }

  #answer(ask: Ask, call: Call): void {
    const now = this.#input.clock.now();
    const identified = this.#input.callers.identify(ask.connection, ask.path, now);
    const { refusal } = identified;
    // Who shows no certificate may still ask an authority that is open to everybody.
    if (refusal !== undefined && refusal !== 'client_certificate_missing') return call.refuse(refusal);
    const asking = { ask, call, identified, now };
    const cached = this.#cached.find(ask.body, now);
    if (cached) this.#giveAgain(cached, asking);
    else this.#ask(asking);
  }

  #giveAgain(answer: CachedAnswer, asking: Asking): void {
    const { call, ask, now } = asking;
    const { customer, refusal = 'internal_error' } = this.#customerOf(answer.policy.anonymous, asking);
    if (!customer) return call.refuse(refusal);
    this.#recording.record({ answer, customer, octets: ask.body, now }, call);
  }

  /** Whoever may not ask learns nothing but that, unless the authority that he asks is open to everybody. */
  #ask(asking: Asking): void {
    const { ask, call, identified, now } = asking;
    const { maxRequests, statusMaxAge } = this.#input.options;
    const question = readQuestion(ask.body, maxRequests);
    if (!question) return call.refuse(identified.refusal ?? 'malformed_request');
    const authority = findAuthority(question, this.#authorities);
    // Which authorities are open to everybody is not known before all are.
    if (authority === 'not_ready') return call.refuse(authority);
    if (typeof authority === 'string') return call.refuse(identified.refusal ?? authority);
    const { anonymous } = this.#input.signers.policyOf(authority.status.authorityId);
    const { customer, refusal = 'internal_error' } = this.#customerOf(anonymous, asking);
    if (!customer) return call.refuse(refusal);
    const silence = authority.silence(now, statusMaxAge);
    if (silence) return call.refuse(silence);
    if (customer.charged && !this.#recording.isReady(now)) return call.refuse('digest_key_missing');
    const terms = this.#terms.of(authority, now, question.preferred);
    if (!terms) return call.refuse('signer_unavailable');
    this.#live.enter({ call, customer, question, authority }, terms.signer.key);
  }

  #customerOf(anonymous: boolean, { ask, identified }: Asking): Identified {
    if (identified.customer || !anonymous) return identified;
    return this.#input.callers.anonymous(ask.path);
  }

  #fail(call: Call, error: unknown): void {
    this.#input.log.error('an OCSP request failed for a reason that no code names', error);
    call.refuse('internal_error');
  }
}
