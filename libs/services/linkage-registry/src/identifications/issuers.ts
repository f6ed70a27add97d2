import { type Certificate, isIssuedBy } from '@kakunin/x509';
import { Inject, Injectable } from '@nestjs/common';
import { AuthorityStore, type RegisteredAuthority } from '../authorities/authority.store.ts';
import { RegistryDatabase } from '../database/registry-database.ts';

export interface Issuer {
  readonly authority: RegisteredAuthority;
  readonly certificate: Certificate;
}

/** Who issued a certificate. Authorities are written once: they are read again only when none of those known did. */
@Injectable()
export class Issuers {
  #known: readonly Issuer[] = [];

  constructor(
    @Inject(RegistryDatabase) private readonly database: RegistryDatabase,
    @Inject(AuthorityStore) private readonly store: AuthorityStore,
  ) {}

  /** The registered authority whose signature is on the certificate. */
  async of(certificate: Certificate): Promise<Issuer | undefined> {
    return this.#find(certificate) ?? (await this.#readAgain(), this.#find(certificate));
  }

  #find(certificate: Certificate): Issuer | undefined {
    return this.#known.find((each) => isIssuedBy(certificate, each.certificate));
  }

  async #readAgain(): Promise<void> {
    const authorities = await this.store.all(this.database);
    this.#known = authorities.map((authority) => ({ authority, certificate: this.store.certificateOf(authority) }));
  }
}
