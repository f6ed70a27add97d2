import type { CertId, OrdinaryRequest } from '@kakunin/ocsp';
import { equalOctets } from '@kakunin/der';
import { HASH_ALGORITHMS, issuerHashes } from '@kakunin/x509';
import { CertificateDigest } from '../metering/certificate-digest.ts';
import type { DigestKey } from '@kakunin/digest-keys';
import type { AuthorityStatus } from './status-source.ts';
import type { RefusalCode } from './refusal.ts';

/** An authority, with what is worked out once about it. */
export class KnownAuthority {
  readonly status: AuthorityStatus;
  #digest: { readonly key: DigestKey; readonly digest: CertificateDigest } | undefined;
  /** In the order of `HASH_ALGORITHMS`. */
  readonly #hashes: readonly { readonly name: Uint8Array; readonly key: Uint8Array }[];

  constructor(status: AuthorityStatus) {
    this.status = status;
    this.#hashes = HASH_ALGORITHMS.map((algorithm) => {
      const { issuerNameHash, issuerKeyHash } = issuerHashes(status.certificate, algorithm);
      return { name: issuerNameHash, key: issuerKeyHash };
    });
  }

  /** What names the authority's certificates in usage under this key. */
  digestWith(key: DigestKey): CertificateDigest {
    if (this.#digest?.key !== key)
      this.#digest = { key, digest: new CertificateDigest(key.octets, this.status.authorityId) };
    return this.#digest.digest;
  }

  /**
   * Whether a CertID names this authority: the key hash tells key generations under one name apart, and the name must
   * fit as well (RFC 6960, 4.1.1).
   */
  isNamedAt(message: Uint8Array, at: OrdinaryRequest): boolean {
    const { key, name } = this.#hashes[at.hashAlgorithm]!;
    return stands(key, message, at.issuerKeyHashStart) && stands(name, message, at.issuerNameHashStart);
  }

  /** The same of a CertID that was read by the strict reader. */
  isNamedBy({ hashAlgorithm, issuerKeyHash, issuerNameHash }: CertId): boolean {
    const hashes = hashAlgorithm && this.#hashes[HASH_ALGORITHMS.indexOf(hashAlgorithm)];
    return hashes !== undefined && equalOctets(hashes.key, issuerKeyHash) && equalOctets(hashes.name, issuerNameHash);
  }

  /**
   * Why nothing may be said of the authority's certificates now; undefined when it may.
   * @param maxAge status data older than this is not told, ms
   */
  silence(now: number, maxAge: number): RefusalCode | undefined {
    const { blocked, asOf } = this.status;
    if (blocked) return 'authority_blocked';
    // As far ahead is no better: the clock was set back, and nobody knows how old the data is.
    return asOf === undefined || Math.abs(now - asOf) > maxAge ? 'status_data_stale' : undefined;
  }
}

function stands(octets: Uint8Array, message: Uint8Array, start: number): boolean {
  for (let index = 0; index < octets.length; index += 1) if (message[start + index] !== octets[index]) return false;
  return true;
}
