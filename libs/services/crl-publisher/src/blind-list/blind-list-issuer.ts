import { createHash, randomBytes } from 'node:crypto';
import type { BlindListTimes } from '@kakunin/blind-list';
import { blindListKey, type ListedBlindList } from '@kakunin/publication';
import type { AuthorityStatus } from '@kakunin/status-feed';
import { parseCertificate } from '@kakunin/x509';
import type { BlindListReport, BlindListWork } from './blind-list-worker.ts';
import type { PublishedBlindLists } from './published-blind-lists.ts';

/** When lists are made, and for how long they hold. Milliseconds. */
export interface BlindListTiming {
  readonly period: number;
  readonly validity: number;
  /** So long before what is known a certificate's notBefore must lie for the list to cover it. */
  readonly allowance: number;
  /** Deltas that may follow a full list before the next one. */
  readonly deltas: number;
}

export interface BlindListIssuerOptions {
  readonly published: PublishedBlindLists;
  readonly timing: BlindListTiming;
  readonly spillDirectory: string;
  readonly build: (work: BlindListWork) => Promise<BlindListReport>;
}

/** Why there is no new list although one is due; the one before stays. */
export type BlindListRefusal = 'no_fingerprints_kept' | 'fingerprints_missing' | 'status_older_than_list' | 'not_built';

export type BlindListOutcome =
  | { readonly outcome: 'published' | 'unchanged'; readonly list: ListedBlindList }
  | { readonly outcome: 'refused'; readonly reason: BlindListRefusal; readonly detail: string };

/** Makes one blind list, full or a delta to the last, and puts it before the public, or says why not. */
export class BlindListIssuer {
  readonly #options: BlindListIssuerOptions;

  constructor(options: BlindListIssuerOptions) {
    this.#options = options;
  }

  /** @throws ObjectError: worth another try */
  async issue({ authority, index, asOf }: AuthorityStatus, now: number): Promise<BlindListOutcome> {
    const { published, timing, spillDirectory, build } = this.#options;
    const { authorityId } = authority;
    if (!index.hasFingerprints) return refused('no_fingerprints_kept', 'register the authority with certHash');
    const last = await published.newest(authorityId);
    if (last && now < last.thisUpdate + timing.period) return { outcome: 'unchanged', list: last };
    const thisUpdate = Math.min(asOf, now);
    if (last && thisUpdate <= last.thisUpdate) {
      return refused('status_older_than_list', 'wait until the status data has caught up');
    }
    const issuedBefore = Math.max(0, thisUpdate - timing.allowance);
    // A delta covers no less than its base.
    const mayFollow = last && last.deltas.length < timing.deltas && issuedBefore >= last.issuedBefore;
    const base = mayFollow ? await published.files(last) : undefined;
    const number = await published.freeNumber(authorityId, last);
    const certificate = parseCertificate(Buffer.from(authority.certificate, 'base64'));
    const times: BlindListTimes = {
      number,
      issuerKeyHash: createHash('sha256').update(certificate.publicKeyBits).digest(),
      thisUpdate,
      nextUpdate: thisUpdate + timing.validity,
      issuedBefore,
    };
    const built = await build({ memory: index.memory, times, salt: randomBytes(16), base: base ?? [], spillDirectory });
    if ('failure' in built) return refused('not_built', built.failure);
    if ('fingerprintsMissing' in built) {
      return refused('fingerprints_missing', `of ${built.fingerprintsMissing} certificates; register them with theirs`);
    }
    const file = await published.lay(blindListKey(authorityId, number, base ? 'delta' : 'full'), number, built.octets);
    const chain = base && last ? { full: last.full, deltas: [...last.deltas, file] } : { full: file, deltas: [] };
    const list = { authorityId, thisUpdate, nextUpdate: times.nextUpdate, issuedBefore, ...chain };
    await published.show(list);
    return { outcome: 'published', list };
  }
}

const refused = (reason: BlindListRefusal, detail: string): BlindListOutcome => ({
  outcome: 'refused',
  reason,
  detail,
});
