import type { SignatureAlgorithm } from '@kakunin/x509';
import type { AuthorityPolicy } from '../signing/authority-policy.ts';
import type { ResponderSigner } from '../signing/responder-signer.ts';
import type { KnownAuthority } from './known-authority.ts';
import type { AuthorityStatus } from './status-source.ts';

/** By whom and how the answers about an authority's certificates are given. */
export interface Terms {
  readonly authority: KnownAuthority;
  readonly signer: ResponderSigner;
  readonly policy: AuthorityPolicy;
}

/** Who signs for an authority, by its files. */
export interface Signers {
  signerOf(
    authority: AuthorityStatus,
    now: number,
    preferred?: readonly SignatureAlgorithm[],
  ): ResponderSigner | undefined;
  policyOf(authorityId: string): AuthorityPolicy;
  /** A key signed, or did not. */
  signed(signer: ResponderSigner): void;
  failed(signer: ResponderSigner, error: unknown): void;
}

/** The terms of today, asked for once a second: the files behind them are looked at less often. */
export class CurrentTerms {
  readonly #signers: Pick<Signers, 'signerOf' | 'policyOf'>;
  readonly #kept = new WeakMap<KnownAuthority, { readonly second: number; readonly terms: Terms }>();

  constructor(signers: Pick<Signers, 'signerOf' | 'policyOf'>) {
    this.#signers = signers;
  }

  /** @returns undefined when nobody may sign now */
  of(authority: KnownAuthority, now: number, preferred: readonly SignatureAlgorithm[] = []): Terms | undefined {
    if (preferred.length > 0) return this.#ask(authority, now, preferred);
    const second = Math.floor(now / 1000);
    const kept = this.#kept.get(authority);
    if (kept?.second === second) return kept.terms;
    const terms = this.#ask(authority, now, preferred);
    if (terms) this.#kept.set(authority, { second, terms });
    return terms;
  }

  #ask(authority: KnownAuthority, now: number, preferred: readonly SignatureAlgorithm[]): Terms | undefined {
    const { status } = authority;
    const signer = this.#signers.signerOf(status, now, preferred);
    return signer && { authority, signer, policy: this.#signers.policyOf(status.authorityId) };
  }
}
