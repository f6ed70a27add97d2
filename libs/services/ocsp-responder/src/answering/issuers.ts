import { equalOctets } from '@kakunin/der';
import type { CertId } from '@kakunin/ocsp';
import { HASH_ALGORITHMS, issuerHashes } from '@kakunin/x509';
import type { HashAlgorithm, IssuerHashes } from '@kakunin/x509';
import type { AuthorityStatus, StatusSource } from './status-source.ts';

export type IssuerOfCertId = Pick<CertId, 'hashAlgorithm' | keyof IssuerHashes>;

interface KnownIssuer {
  readonly authorityId: string;
  readonly issuerNameHash: Uint8Array;
}

/**
 * Finds an authority by the hashes of a CertID, under every algorithm that a CertID may use. The key hash tells key
 * generations under one name apart; the name must fit as well (RFC 6960, 4.1.1).
 */
export class Issuers {
  readonly #source: StatusSource;
  readonly #byKeyHash = new Map<string, KnownIssuer>();
  readonly #known = new Set<string>();

  constructor(source: StatusSource) {
    this.#source = source;
  }

  /** @returns undefined when no authority has this name and this key */
  find({ hashAlgorithm, issuerKeyHash, issuerNameHash }: IssuerOfCertId): AuthorityStatus | undefined {
    if (!hashAlgorithm) return undefined;
    const key = keyOf(hashAlgorithm, issuerKeyHash);
    const found = this.#byKeyHash.get(key) ?? this.#learn().get(key);
    if (!found || !equalOctets(found.issuerNameHash, issuerNameHash)) return undefined;
    return this.#source.get(found.authorityId);
  }

  /** Authorities are few, and never change their certificate: only new ones need hashing. */
  #learn(): ReadonlyMap<string, KnownIssuer> {
    for (const { authorityId, certificate } of this.#source.all()) {
      if (this.#known.has(authorityId)) continue;
      this.#known.add(authorityId);
      for (const algorithm of HASH_ALGORITHMS) {
        const { issuerNameHash, issuerKeyHash } = issuerHashes(certificate, algorithm);
        this.#byKeyHash.set(keyOf(algorithm, issuerKeyHash), { authorityId, issuerNameHash });
      }
    }
    return this.#byKeyHash;
  }
}

const keyOf = (algorithm: HashAlgorithm, hash: Uint8Array): string =>
  algorithm + Buffer.from(hash.buffer, hash.byteOffset, hash.length).toString('latin1');
