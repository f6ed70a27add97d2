import type { StatusIndexReader } from '@kakunin/status-index';
import type { CertificateClass } from '@kakunin/usage';
import type { Certificate } from '@kakunin/x509';

/** What is known about one authority's certificates. */
export interface AuthorityStatus {
  readonly authorityId: string;
  readonly certificateClass: CertificateClass;
  readonly certificate: Certificate;
  /** Everything acknowledged to the CA before this instant (epoch ms) is known; undefined: not caught up yet. */
  readonly asOf: number | undefined;
  /** In the memory that the feed writes to: what was acknowledged before `asOf` is there once `asOf` was read. */
  readonly index: StatusIndexReader;
  /** An event about this authority could not be applied: what is known may be wrong. */
  readonly blocked: boolean;
}

/** The authorities that there are. One that is put again is another object. */
export interface StatusSource {
  /** Every authority registered before the responder began is here. */
  readonly isComplete: boolean;
  get(authorityId: string): AuthorityStatus | undefined;
  all(): Iterable<AuthorityStatus>;
}
