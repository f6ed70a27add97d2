import type { CertificateState } from '@kakunin/status-index';
import type { Answers, Question, ResponderSigner, SignedAnswer } from './answers.ts';
import { BoundedMap } from './bounded-map.ts';

export interface CachedAnswersOptions {
  readonly capacity: number;
  /** Oldest thisUpdate of an answer that is given again, ms. */
  readonly maxAge: number;
}

interface CachedAnswer extends SignedAnswer {
  readonly state: CertificateState;
  readonly signer: ResponderSigner;
}

/**
 * Gives a signed answer again, to requests about one certificate without a nonce, as long as a fresh one would say the
 * same: the state was looked up anew and is compared, so that a revocation is never hidden by the cache.
 */
export class CachedAnswers implements Answers {
  readonly #live: Answers;
  readonly #maxAge: number;
  readonly #kept: BoundedMap<CachedAnswer>;

  constructor(live: Answers, { capacity, maxAge }: CachedAnswersOptions) {
    this.#live = live;
    this.#maxAge = maxAge;
    this.#kept = new BoundedMap(capacity);
  }

  async answer(question: Question): Promise<SignedAnswer> {
    const { subjects, nonce, signer } = question;
    const [{ certId, state }, ...others] = subjects;
    if (nonce || others.length > 0) return this.#live.answer(question);
    const { der } = certId;
    const key = Buffer.from(der.buffer, der.byteOffset, der.length).toString('latin1');
    const kept = this.#kept.get(key);
    if (kept && this.#holds(kept, question)) return kept;
    const answer = await this.#live.answer(question);
    this.#kept.set(key, { ...answer, source: 'cached', state, signer });
    return answer;
  }

  #holds(kept: CachedAnswer, { subjects: [{ state }], signer, now }: Question): boolean {
    return (
      kept.signer === signer &&
      now - kept.thisUpdate <= this.#maxAge &&
      now < kept.nextUpdate &&
      saysTheSame(kept.state, state)
    );
  }
}

/** Whether an answer signed for one state may stand for the other. */
function saysTheSame(one: CertificateState, other: CertificateState): boolean {
  if (one.state !== 'revoked' || other.state !== 'revoked') return one.state === other.state;
  return one.revocationDate === other.revocationDate && one.reason === other.reason;
}
