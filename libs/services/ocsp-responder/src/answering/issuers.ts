import { equalOctets } from '@kakunin/der';
import type { CertId } from '@kakunin/ocsp';
import { HASH_ALGORITHMS, issuerHashes } from '@kakunin/x509';
import type { HashAlgorithm, IssuerHashes } from '@kakunin/x509';
import type { AuthorityStatus, StatusSource } from './status-source.ts';

export type IssuerOfCertId = Pick<CertId, 'hashAlgorithm' | keyof IssuerHashes>;

interface KnownIssuer {
  readonly authority: AuthorityStatus;
  readonly issuerNameHash: Uint8Array;
}

/**
 * Finds an authority by the hashes of a CertID, under every algorithm that a CertID may use. The key hash tells key
 * generations under one name apart; the name must fit as well (RFC 6960, 4.1.1).
 */
export class Issuers {
  readonly #source: StatusSource;
  readonly #byKeyHash = new Map<string, KnownIssuer>();
  readonly #known = new WeakSet<AuthorityStatus>();

  constructor(source: StatusSource) {
    this.#source = source;
  }

  /** @returns undefined when no authority has this name and this key */
  find({ hashAlgorithm, issuerKeyHash, issuerNameHash }: IssuerOfCertId): AuthorityStatus | undefined {
    if (!hashAlgorithm) return undefined;
    const key = keyOf(hashAlgorithm, issuerKeyHash);
    const found = this.#current(key) ?? this.#learn(key);
    return found && equalOctets(found.issuerNameHash, issuerNameHash) ? found.authority : undefined;
  }

  /** What is known of a snapshot that turned out to be of another log is gone from the source. */
  #current(key: string): KnownIssuer | undefined {
    const found = this.#byKeyHash.get(key);
    return found && this.#source.get(found.authority.authorityId) === found.authority ? found : undefined;
  }

  /** Authorities are few, and never change their certificate: only new ones need hashing. */
  #learn(sought: string): KnownIssuer | undefined {
    for (const authority of this.#source.all()) {
      if (this.#known.has(authority)) continue;
      this.#known.add(authority);
      for (const algorithm of HASH_ALGORITHMS) {
        const { issuerNameHash, issuerKeyHash } = issuerHashes(authority.certificate, algorithm);
        this.#byKeyHash.set(keyOf(algorithm, issuerKeyHash), { authority, issuerNameHash });
      }
    }
    return this.#current(sought);
  }
}

const keyOf = (algorithm: HashAlgorithm, hash: Uint8Array): string =>
  algorithm + Buffer.from(hash.buffer, hash.byteOffset, hash.length).toString('latin1');
