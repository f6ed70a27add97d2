import type { AuthorityStatus, StatusFeed } from '@kakunin/status-feed';
import type { Order } from '../worker/protocol.ts';
import type { SharedAuthority } from '../worker/shared-status.ts';

/** Which authorities the workers know of; what changes about one is in memory that they share. */
export class AuthoritiesTold {
  readonly #feed: Pick<StatusFeed, 'get' | 'authorities'>;
  readonly #told = new Map<string, AuthorityStatus>();

  constructor(feed: Pick<StatusFeed, 'get' | 'authorities'>) {
    this.#feed = feed;
  }

  /** For a worker that begins. Whatever comes after is among the {@link changes}. */
  all(): readonly SharedAuthority[] {
    return this.#feed.authorities().map(shared);
  }

  /** What the workers have not been told yet: authorities that are new, anew, or forgotten. */
  changes(): readonly Order[] {
    const orders: Order[] = [];
    for (const status of this.#feed.authorities()) {
      const { authorityId } = status.authority;
      if (this.#told.get(authorityId) === status) continue;
      this.#told.set(authorityId, status);
      orders.push({ type: 'authority', authority: shared(status) });
    }
    for (const authorityId of this.#told.keys()) {
      if (this.#feed.get(authorityId)) continue;
      this.#told.delete(authorityId);
      orders.push({ type: 'authority_forgotten', authorityId });
    }
    return orders;
  }
}

const shared = ({ authority, index, freshness }: AuthorityStatus): SharedAuthority => ({
  authorityId: authority.authorityId,
  certificateClass: authority.certificateClass,
  certificate: Buffer.from(authority.certificate, 'base64'),
  index: index.memory,
  freshness: freshness.memory,
});
