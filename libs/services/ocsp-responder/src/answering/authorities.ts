import type { SingleRequest } from '@kakunin/ocsp';
import { Issuers } from './issuers.ts';
import type { Refusal } from './refusal.ts';
import type { AuthorityStatus, StatusSource } from './status-source.ts';

/** An authority that may be answered for, and as of when (epoch ms). */
export interface AnswerableAuthority {
  readonly authority: AuthorityStatus;
  readonly asOf: number;
}

/** Finds the authority that a message asks about, and whether what is known of it may be told. */
export class Authorities {
  readonly #issuers: Issuers;
  readonly #maxAge: number;

  /** @param maxAge status data older than this is not told, ms */
  constructor(source: StatusSource, maxAge: number) {
    this.#issuers = new Issuers(source);
    this.#maxAge = maxAge;
  }

  /** One signature cannot stand for two authorities, so all requests of a message must be about one. */
  find(requests: readonly SingleRequest[], now: number): AnswerableAuthority | Refusal {
    const [authority, ...others] = requests.map(({ certId }) => this.#issuers.find(certId));
    if (!authority || others.includes(undefined)) return { refusal: 'issuer_unknown' };
    if (others.some((other) => other !== authority)) return { refusal: 'issuers_differ' };
    const { blocked, asOf } = authority;
    if (blocked) return { refusal: 'authority_blocked' };
    // As far ahead is no better: the clock was set back, and nobody knows how old the data is.
    if (asOf === undefined || Math.abs(now - asOf) > this.#maxAge) return { refusal: 'status_data_stale' };
    return { authority, asOf: Math.min(asOf, now) };
  }
}
