import { type CrlRefusal, crlRefusal, type ExpectedCrl } from '@kakunin/crl';
import { equalOctets } from '@kakunin/der';
import type { Certificate } from '@kakunin/x509';
import type { CrlCopy } from './crl-copy.ts';
import { CrlIndex } from './crl-index.ts';

/** A CRL that may be relied upon. */
export interface TrustedCrl {
  readonly copy: CrlCopy;
  readonly index: CrlIndex;
}

/** One place where a CRL comes from, with the copy that came. */
export class CrlSource {
  readonly #fetch: (present: CrlCopy | undefined) => Promise<CrlCopy>;
  readonly #refreshMs: number;
  #copy: CrlCopy | undefined;
  /** When the newest was asked for, epoch ms. */
  #askedAt = Number.NEGATIVE_INFINITY;
  #refreshing: Promise<void> | undefined;
  /** What was verified and is being indexed, or is: checks that come together share the work. */
  #trusted: { readonly copy: CrlCopy; readonly authority: Certificate; readonly index: Promise<CrlIndex> } | undefined;

  /** @param fetch gives the newest, which may be the present one */
  constructor(fetch: (present: CrlCopy | undefined) => Promise<CrlCopy>, refreshMs: number) {
    this.#fetch = fetch;
    this.#refreshMs = refreshMs;
  }

  /**
   * The CRL, or why it must not be relied upon.
   * @throws what fetching throws when there is no copy; DerError when an entry is malformed
   */
  async crlFor(expected: ExpectedCrl): Promise<TrustedCrl | CrlRefusal> {
    const copy = await this.#newest(expected);
    const { authority } = expected;
    const isTrusted = this.#trusted?.copy === copy && equalOctets(this.#trusted.authority.der, authority.der);
    if (!isTrusted || isPast(copy, expected)) {
      const refusal = crlRefusal(copy.list, expected);
      if (refusal) return refusal;
      this.#trusted = { copy, authority, index: CrlIndex.of(copy.list.revokedCertificates) };
    }
    return { copy, index: await this.#trusted!.index };
  }

  /** Whoever has a copy that is in force does not wait for the next one. */
  async #newest(expected: ExpectedCrl): Promise<CrlCopy> {
    const isUsable = this.#copy !== undefined && !isPast(this.#copy, expected);
    if (!isUsable || expected.now - this.#askedAt > this.#refreshMs) {
      this.#refreshing ??= this.#refresh(expected.now).finally(() => (this.#refreshing = undefined));
    }
    if (!isUsable) await this.#refreshing;
    return this.#copy!;
  }

  /** A copy that is here stays when nothing else can be had; its nextUpdate says how long it is good for. */
  async #refresh(now: number): Promise<void> {
    this.#askedAt = now;
    try {
      this.#copy = await this.#fetch(this.#copy);
    } catch (error) {
      if (!this.#copy) throw error;
    }
  }
}

const isPast = ({ list: { nextUpdate = 0 } }: CrlCopy, { now, clockSkew = 0 }: ExpectedCrl): boolean =>
  nextUpdate < now - clockSkew;
