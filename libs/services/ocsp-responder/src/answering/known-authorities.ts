import type { CertId, OrdinaryRequest } from '@kakunin/ocsp';
import { KnownAuthority } from './known-authority.ts';
import type { StatusSource } from './status-source.ts';

/** Finds the authority that a CertID names. Authorities are few: they are compared one by one. */
export class KnownAuthorities {
  readonly #source: StatusSource;
  #known: readonly KnownAuthority[] = [];

  constructor(source: StatusSource) {
    this.#source = source;
  }

  /** Every authority is here: only then is one unknown. */
  get areComplete(): boolean {
    return this.#source.isComplete;
  }

  findAt(message: Uint8Array, at: OrdinaryRequest): KnownAuthority | undefined {
    for (const authority of this.#known)
      if (authority.isNamedAt(message, at) && this.isCurrent(authority)) return authority;
    return this.#learn() ? this.findAt(message, at) : undefined;
  }

  findBy(certId: CertId): KnownAuthority | undefined {
    for (const authority of this.#known) if (authority.isNamedBy(certId) && this.isCurrent(authority)) return authority;
    return this.#learn() ? this.findBy(certId) : undefined;
  }

  /** What is known of a snapshot that turned out to be of another log is gone from the source. */
  isCurrent({ status }: KnownAuthority): boolean {
    return this.#source.get(status.authorityId) === status;
  }

  /** @returns whether there is any that was not known; only those need hashing */
  #learn(): boolean {
    const before = this.#known;
    this.#known = [...this.#source.all()].map((status) => {
      const known = before.find((each) => each.status === status);
      return known ?? new KnownAuthority(status);
    });
    return this.#known.some((authority) => !before.includes(authority));
  }
}
