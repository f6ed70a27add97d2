import type { AuthorityStatus as FeedStatus, StatusFeed } from '@kakunin/status-feed';
import type { CertificateState } from '@kakunin/status-index';
import { parseCertificate } from '@kakunin/x509';
import type { Certificate } from '@kakunin/x509';
import type { AuthorityStatus, StatusSource } from './status-source.ts';

/** Status as `certificate-events` tells it. */
export class FeedStatusSource implements StatusSource {
  readonly #feed: StatusFeed;
  readonly #views = new WeakMap<FeedStatus, FeedAuthority>();

  constructor(feed: StatusFeed) {
    this.#feed = feed;
  }

  get(authorityId: string): AuthorityStatus | undefined {
    const status = this.#feed.get(authorityId);
    return status && this.#view(status);
  }

  all(): readonly AuthorityStatus[] {
    return this.#feed.authorities().map((status) => this.#view(status));
  }

  #view(status: FeedStatus): FeedAuthority {
    const known = this.#views.get(status);
    if (known) return known;
    const view = new FeedAuthority(status);
    this.#views.set(status, view);
    return view;
  }
}

/** Follows the feed's object, which stays the same while what it tells changes. */
class FeedAuthority implements AuthorityStatus {
  readonly authorityId: string;
  readonly certificateClass: AuthorityStatus['certificateClass'];
  readonly certificate: Certificate;
  readonly #status: FeedStatus;

  constructor(status: FeedStatus) {
    this.#status = status;
    this.authorityId = status.authority.authorityId;
    this.certificateClass = status.authority.certificateClass;
    this.certificate = parseCertificate(Buffer.from(status.authority.certificate, 'base64'));
  }

  get asOf(): number | undefined {
    return this.#status.asOf || undefined;
  }

  get index(): FeedStatus['index'] {
    return this.#status.index;
  }

  get blocked(): boolean {
    return this.#status.blocked;
  }

  lookup(serialNumber: Uint8Array): CertificateState {
    return this.#status.index.lookup(serialNumber);
  }
}
