import type { ResponseHead } from '@kakunin/http-fast-path';
import { CachedAnswer } from './cached-answer.ts';
import type { KeptAnswer } from './cached-answer.ts';
import type { CurrentTerms } from './current-terms.ts';
import type { KnownAuthorities } from './known-authorities.ts';
import { RequestCache } from './request-cache.ts';

export interface CachedAnswersInput {
  readonly authorities: KnownAuthorities;
  readonly terms: CurrentTerms;
  readonly head: ResponseHead;
  readonly capacity: number;
  /** Oldest thisUpdate of an answer that is given again, ms. */
  readonly maxAge: number;
  /** Status data older than this is not told, ms. */
  readonly statusMaxAge: number;
}

/**
 * Gives signed answers again, to the same octets, as long as a fresh one would say the same. The index is asked whenever
 * it has changed: a revocation is never hidden.
 */
export class CachedAnswers {
  readonly #input: CachedAnswersInput;
  readonly #kept: RequestCache<CachedAnswer>;

  constructor(input: CachedAnswersInput) {
    this.#input = input;
    this.#kept = new RequestCache(input.capacity);
  }

  find(request: Uint8Array, now: number): CachedAnswer | undefined {
    const answer = this.#kept.get(request);
    if (!answer || !this.#holds(answer, now)) return undefined;
    answer.date(this.#input.head, now);
    return answer;
  }

  keep(answer: KeptAnswer): void {
    this.#kept.set(new CachedAnswer(answer));
  }

  #holds(answer: CachedAnswer, now: number): boolean {
    const { authorities, terms, maxAge, statusMaxAge } = this.#input;
    const { authority, thisUpdate, nextUpdate } = answer;
    if (!authorities.isCurrent(authority)) return this.#forget();
    if (authority.silence(now, statusMaxAge)) return false;
    if (now < thisUpdate || now - thisUpdate > maxAge || now >= nextUpdate) return false;
    const current = terms.of(authority, now, answer.preferred);
    return current !== undefined && answer.isOn(current) && answer.isTrue();
  }

  /** Answers about an authority that is gone would keep its index, which is large. */
  #forget(): false {
    this.#kept.clear();
    return false;
  }
}
