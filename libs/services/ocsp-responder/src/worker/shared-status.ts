import { Freshness } from '@kakunin/status-feed/freshness';
import { StatusIndexReader } from '@kakunin/status-index';
import type { StatusIndexMemory } from '@kakunin/status-index';
import type { CertificateClass } from '@kakunin/usage';
import { parseCertificate } from '@kakunin/x509';
import type { Certificate } from '@kakunin/x509';
import type { AuthorityStatus, StatusSource } from '../answering/status-source.ts';

/** An authority as it is posted to a worker: its status stays where the feed writes it. */
export interface SharedAuthority {
  readonly authorityId: string;
  readonly certificateClass: CertificateClass;
  /** DER */
  readonly certificate: Uint8Array;
  readonly index: StatusIndexMemory;
  /** Of a `Freshness`. */
  readonly freshness: SharedArrayBuffer;
}

/** Status in the memory that the feed of the main thread writes to. */
export class SharedStatus implements StatusSource {
  readonly #authorities = new Map<string, AuthorityStatus>();
  #isComplete: boolean;

  constructor(isComplete: boolean) {
    this.#isComplete = isComplete;
  }

  get isComplete(): boolean {
    return this.#isComplete;
  }

  get(authorityId: string): AuthorityStatus | undefined {
    return this.#authorities.get(authorityId);
  }

  all(): Iterable<AuthorityStatus> {
    return this.#authorities.values();
  }

  complete(): void {
    this.#isComplete = true;
  }

  put(authority: SharedAuthority): void {
    this.#authorities.set(authority.authorityId, new SharedAuthorityStatus(authority));
  }

  forget(authorityId: string): void {
    this.#authorities.delete(authorityId);
  }
}

class SharedAuthorityStatus implements AuthorityStatus {
  readonly authorityId: string;
  readonly certificateClass: CertificateClass;
  readonly certificate: Certificate;
  readonly index: StatusIndexReader;
  readonly #freshness: Freshness;

  constructor({ authorityId, certificateClass, certificate, index, freshness }: SharedAuthority) {
    this.authorityId = authorityId;
    this.certificateClass = certificateClass;
    this.certificate = parseCertificate(certificate);
    this.index = new StatusIndexReader(index);
    this.#freshness = new Freshness(freshness);
  }

  get asOf(): number | undefined {
    return this.#freshness.asOf || undefined;
  }

  get blocked(): boolean {
    return this.#freshness.blocked;
  }
}
