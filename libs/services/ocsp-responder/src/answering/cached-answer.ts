import type { ResponseHead } from '@kakunin/http-fast-path';
import type { SignatureAlgorithm } from '@kakunin/x509';
import type { AuthorityPolicy } from '../signing/authority-policy.ts';
import type { SignedAnswer } from './call.ts';
import type { Terms } from './current-terms.ts';
import type { KnownAuthority } from './known-authority.ts';
import type { Keyed } from './request-cache.ts';
import { stillHolds } from './subject.ts';
import type { Subject } from './subject.ts';

/** A signed answer about one certificate that may be given again. */
export interface KeptAnswer {
  readonly request: Buffer;
  /** What the request would like it to be signed with. */
  readonly preferred: readonly SignatureAlgorithm[];
  readonly terms: Terms;
  readonly subject: Subject;
  /** Of the index, before the certificate was looked up. */
  readonly generation: number;
  readonly response: Buffer;
  readonly bodyStart: number;
  readonly thisUpdate: number;
  readonly nextUpdate: number;
  /** When the response was written, epoch ms. */
  readonly now: number;
}

/** Keeps what a look-up must compare, so that nothing is made anew while nothing has changed. */
export class CachedAnswer implements SignedAnswer, Keyed {
  readonly source = 'cached';
  readonly hasNonce = false;
  readonly request: Buffer;
  readonly preferred: readonly SignatureAlgorithm[];
  readonly authority: KnownAuthority;
  readonly subjects: readonly [Subject];
  readonly thisUpdate: number;
  readonly nextUpdate: number;
  response: Buffer;
  readonly bodyStart: number;
  readonly #terms: Terms;
  #generation: number;
  /** Of the Date in `response`. */
  #second: number;

  constructor(kept: KeptAnswer) {
    this.request = ofItsOwn(kept.request);
    this.preferred = kept.preferred;
    this.authority = kept.terms.authority;
    this.subjects = [{ ...kept.subject }];
    this.thisUpdate = kept.thisUpdate;
    this.nextUpdate = kept.nextUpdate;
    this.response = ofItsOwn(kept.response);
    this.bodyStart = kept.bodyStart;
    this.#terms = kept.terms;
    this.#generation = kept.generation;
    this.#second = Math.floor(kept.now / 1000);
  }

  get policy(): AuthorityPolicy {
    return this.#terms.policy;
  }

  /** Whether a fresh one would be signed by the same, and under the same policy. */
  isOn({ signer, policy }: Terms): boolean {
    return signer === this.#terms.signer && policy === this.#terms.policy;
  }

  /** Whether a fresh one would say the same: known without a look-up while the index has not changed. */
  isTrue(): boolean {
    const { generation } = this.authority.status.index;
    if (generation === this.#generation) return true;
    if (!stillHolds(this.subjects[0], this.#terms, this.request)) return false;
    this.#generation = generation;
    return true;
  }

  /** Brings the Date up to the second; in a copy, because the octets of the last second may still be on their way. */
  date(head: ResponseHead, now: number): void {
    const second = Math.floor(now / 1000);
    if (second === this.#second) return;
    this.#second = second;
    const response = ofItsOwn(this.response);
    head.write(response, 0, response.length - this.bodyStart);
    this.response = response;
  }
}

/** Outside the pool of small buffers: what is kept for long would keep its neighbours of the moment, too. */
function ofItsOwn(octets: Uint8Array): Buffer {
  const copy = Buffer.allocUnsafeSlow(octets.length);
  copy.set(octets);
  return copy;
}
