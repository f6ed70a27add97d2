import { BlindListError } from './blind-list-error.ts';
import type { BlindList } from './blind-list.ts';
import type { BlindListHeader } from './header.ts';

/** A certificate that was issued by the authority whose list is asked. Instants are epoch ms. */
export interface BlindListSubject {
  /** SHA-256 of its DER. */
  readonly fingerprint: Uint8Array;
  /** SHA-256 of its issuer's public key bits. */
  readonly issuerKeyHash: Uint8Array;
  readonly notBefore: number;
  readonly notAfter: number;
}

/**
 * - `other_authority`: it was issued under another key
 * - `newer`: it may have been issued after the list was made
 * - `expired`: it had expired when the list was made; lists forget such certificates
 * - `out_of_date`: the list may be relied upon no longer, or not yet
 */
export type NotCovered = 'other_authority' | 'newer' | 'expired' | 'out_of_date';

/** What a list says of a certificate: an answer, or why there is none. */
export type BlindListAnswer =
  { readonly status: 'good' | 'revoked' } | { readonly status: 'not_covered'; readonly because: NotCovered };

/** A full list and the deltas since, each of which says what has changed after the one before it. */
export class BlindListChain {
  /** Of the last delta, or of the list when there is none. */
  readonly header: BlindListHeader;
  readonly #lists: readonly BlindList[];

  /** @throws BlindListError `wrong_base` when one does not follow the one before it */
  constructor(full: BlindList, deltas: readonly BlindList[] = []) {
    if (full.header.base) throw new BlindListError('wrong_base', 'The first list is a delta.');
    this.#lists = [full, ...deltas];
    this.header = this.#lists.reduce((before, { header }) => following(before, header), full.header);
  }

  /**
   * Whether the list marks a certificate, covered or not: what a delta that follows is built upon.
   * @throws BlindListError `invalid_input` when the fingerprint is no SHA-256
   */
  marks(fingerprint: Uint8Array): boolean {
    let marked = false;
    for (const list of this.#lists) marked = list.marks(fingerprint) !== marked;
    return marked;
  }

  /**
   * The status of a certificate: exact if the authority issued it, and never a guess for one that the list does not cover.
   * For what looks like a certificate of the authority but is none, the answer means nothing: verify it first.
   * @param now epoch ms
   * @throws BlindListError `invalid_input` when the fingerprint is no SHA-256
   */
  check(subject: BlindListSubject, now: number): BlindListAnswer {
    const because = this.#refuses(subject, now);
    if (because) return { status: 'not_covered', because };
    return { status: this.marks(subject.fingerprint) ? 'revoked' : 'good' };
  }

  #refuses({ issuerKeyHash, notBefore, notAfter }: BlindListSubject, now: number): NotCovered | undefined {
    const { header } = this;
    if (!sameOctets(issuerKeyHash, header.issuerKeyHash)) return 'other_authority';
    if (notBefore >= header.issuedBefore) return 'newer';
    if (notAfter < header.thisUpdate) return 'expired';
    return now < header.thisUpdate || now >= header.nextUpdate ? 'out_of_date' : undefined;
  }
}

function following(before: BlindListHeader, next: BlindListHeader): BlindListHeader {
  if (next === before) return next;
  const { base } = next;
  if (!base || base.number !== before.number || !sameOctets(base.salt, before.salt)) {
    throw new BlindListError('wrong_base', `Delta ${next.number} does not follow list ${before.number}.`);
  }
  if (!sameOctets(next.issuerKeyHash, before.issuerKeyHash)) {
    throw new BlindListError('wrong_base', `Delta ${next.number} is of another authority.`);
  }
  if (next.thisUpdate < before.thisUpdate || next.issuedBefore < before.issuedBefore) {
    throw new BlindListError('wrong_base', `Delta ${next.number} is older than its base.`);
  }
  return next;
}

const sameOctets = (left: Uint8Array, right: Uint8Array): boolean =>
  left.length === right.length && left.every((octet, index) => octet === right[index]);
