import type { Clock } from '@kakunin/calendar';
import type { CrlDescriptor } from '@kakunin/publication';
import type { PublishedCrl, PublishedCrls } from '../published-crls.ts';
import { negotiate } from './content-coding.ts';
import { pemOf } from './pem.ts';
import type { Representation } from './representation.ts';

/** A URL that never changes its content may be kept for ever (RFC 8246). */
const FOR_EVER = 'public, max-age=31536000, immutable';
/** The manifest is small; a mirror that polls it should see a new CRL soon. */
const BRIEFLY = 'public, max-age=1';
/** For so long a cache may still answer with the last one while it fetches the next (RFC 5861). Seconds. */
const WHILE_REVALIDATING = 60;

export interface AskedCrl {
  readonly authorityId: string;
  /** Absent: the newest. */
  readonly crlNumber?: bigint;
  readonly form: 'crl' | 'pem';
  readonly acceptEncoding: string | undefined;
}

/** The published files as a caller wants them. */
export class ServedCrls {
  readonly #published: PublishedCrls;
  readonly #clock: Clock;

  constructor(published: PublishedCrls, clock: Clock) {
    this.#published = published;
    this.#clock = clock;
  }

  /** @returns undefined when no such CRL was published */
  async find({ authorityId, crlNumber, form, acceptEncoding }: AskedCrl): Promise<Representation | undefined> {
    const crl =
      crlNumber === undefined
        ? await this.#published.newest(authorityId)
        : await this.#published.numbered(authorityId, crlNumber);
    if (!crl) return undefined;
    const cacheControl = crlNumber === undefined ? untilNext(crl.descriptor, this.#clock.now()) : FOR_EVER;
    return form === 'pem' ? asPem(crl, cacheControl) : this.#encoded(crl, cacheControl, acceptEncoding);
  }

  /** @returns undefined before the first publication */
  async manifest(): Promise<Representation | undefined> {
    const manifest = await this.#published.manifest();
    return (
      manifest && {
        contentType: 'application/json',
        content: manifest.content,
        etag: `"${manifest.sha256}"`,
        cacheControl: BRIEFLY,
        hasRanges: true,
        isNegotiated: false,
      }
    );
  }

  async #encoded(crl: PublishedCrl, cacheControl: string, acceptEncoding?: string): Promise<Representation> {
    const { sha256 } = crl.descriptor;
    const common = {
      contentType: 'application/pkix-crl',
      lastModified: crl.content.storedAt,
      cacheControl,
      hasRanges: true,
      isNegotiated: true,
    } as const;
    // Nobody asks for most codings: the store is looked at for the one that would be sent, not for all.
    const encodings = acceptEncoding === undefined ? [] : await this.#published.encodings(crl.key);
    const coding = negotiate(
      acceptEncoding,
      encodings.map((one) => one.coding),
    );
    const encoded = encodings.find((one) => one.coding === coding);
    if (!encoded) return { ...common, content: crl.content, etag: `"${sha256}"` };
    return {
      ...common,
      content: encoded.content,
      contentEncoding: encoded.coding,
      etag: `"${sha256}-${encoded.coding}"`,
    };
  }
}

function asPem({ descriptor, content }: PublishedCrl, cacheControl: string): Representation {
  return {
    contentType: 'application/x-pem-file',
    content: pemOf(content),
    etag: `"${descriptor.sha256}-pem"`,
    lastModified: content.storedAt,
    cacheControl,
    hasRanges: false,
    isNegotiated: false,
  };
}

/**
 * Fresh until the next scheduled CRL. When that one is late, or we are away, the last one still holds until its
 * nextUpdate: a cache may go on with it (stale-if-error, RFC 5861).
 */
function untilNext({ nextPublication, nextUpdate }: CrlDescriptor, now: number): string {
  const seconds = (until: number, from: number): number => Math.max(0, Math.floor((until - from) / 1_000));
  const fresh = seconds(nextPublication, now);
  const valid = seconds(nextUpdate, Math.max(now, nextPublication));
  const revalidating = Math.min(WHILE_REVALIDATING, valid);
  return `public, max-age=${fresh}, stale-while-revalidate=${revalidating}, stale-if-error=${valid}`;
}
