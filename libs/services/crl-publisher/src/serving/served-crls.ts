import type { Clock } from '@kakunin/calendar';
import { ObjectError } from '@kakunin/objects';
import { type CrlDescriptor, crlKey, crlPointer } from '@kakunin/publication';
import type { ArchivedCrls } from '../archive/archived-crls.ts';
import type { PublishedCrl, PublishedCrls, PublishedEncoding } from '../published-crls.ts';
import type { CrlPath } from './crl-path.ts';
import { negotiate } from './content-coding.ts';
import type { DictionaryTransport, OfferedDictionary } from './dictionary-transport.ts';
import { pemOf } from './pem.ts';
import { Remembered } from './remembered.ts';
import type { Representation } from './representation.ts';

/** A URL that never changes its content may be kept for ever (RFC 8246). */
const FOR_EVER = 'public, max-age=31536000, immutable';
/** The manifest is small; a mirror that polls it should see a new CRL soon. */
const BRIEFLY = 'public, max-age=1';
/** For so long a cache may still answer with the last one while it fetches the next (RFC 5861). Seconds. */
const WHILE_REVALIDATING = 60;

/** Descriptions, not contents: about a kilobyte each. */
const REMEMBERED_CRLS = 10_000;

interface ServedCrl extends PublishedCrl {
  readonly encodings: readonly PublishedEncoding[];
}

export interface AskedCrl extends CrlPath, OfferedDictionary {}

export interface ServedCrlsOptions {
  /** Where CRLs are whose files were removed. */
  readonly archived?: ArchivedCrls;
  /** Patches for who has another version. */
  readonly dictionaries?: DictionaryTransport;
}

/** The published files as a caller wants them. */
export class ServedCrls {
  readonly #published: PublishedCrls;
  readonly #clock: Clock;
  readonly #dictionaries: DictionaryTransport | undefined;
  readonly #pointers: Remembered<string>;
  readonly #crls: Remembered<ServedCrl>;
  readonly #archived: Remembered<ServedCrl>;

  constructor(published: PublishedCrls, clock: Clock, { archived, dictionaries }: ServedCrlsOptions = {}) {
    this.#published = published;
    this.#clock = clock;
    this.#dictionaries = dictionaries;
    // Pointers move: each answer says what is newest now.
    this.#pointers = new Remembered(0, (pointer) => published.target(pointer));
    this.#crls = new Remembered(REMEMBERED_CRLS, async (key) => {
      const crl = await published.at(key);
      return crl && { ...crl, encodings: await published.encodings(key) };
    });
    this.#archived = new Remembered(REMEMBERED_CRLS, async (key) => {
      const crl = await archived?.at(key);
      if (crl) await archived?.verify(crl);
      return crl && { ...crl, encodings: [] };
    });
  }

  /** To be called when files may have been removed: what is remembered of them leads nowhere. */
  forget(): void {
    this.#crls.clear();
  }

  /** @returns undefined when no such CRL was published */
  async find(asked: AskedCrl): Promise<Representation | undefined> {
    const { series, crlNumber, form, acceptEncoding } = asked;
    const isNewest = crlNumber === undefined;
    const key = isNewest ? await this.#pointers.get(crlPointer(series)) : crlKey(series, crlNumber);
    const crl = key === undefined ? undefined : await this.#at(key, isNewest);
    if (isNewest && key !== undefined && !crl) {
      throw new ObjectError(
        'object_missing',
        'The newest CRL is gone from the store; the manifest lists what is there.',
      );
    }
    if (!crl) return undefined;
    const cacheControl = isNewest ? untilNext(crl.descriptor, this.#clock.now()) : FOR_EVER;
    if (form === 'pem') return asPem(crl, cacheControl);
    const found = asDer(crl, cacheControl, acceptEncoding);
    if (!isNewest || !this.#dictionaries) return found;
    return this.#dictionaries.shorten(found, { series, crlNumber: crl.descriptor.crlNumber }, asked);
  }

  async #at(key: string, isNewest: boolean): Promise<ServedCrl | undefined> {
    return (await this.#crls.get(key)) ?? (isNewest ? undefined : await this.#archived.get(key));
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
}

function asDer(crl: ServedCrl, cacheControl: string, acceptEncoding: string | undefined): Representation {
  const { descriptor, content, encodings } = crl;
  const available = encodings.map(({ coding }) => coding);
  const coding = negotiate(acceptEncoding, available);
  const encoded = encodings.find((one) => one.coding === coding);
  return {
    contentType: 'application/pkix-crl',
    ...(encoded && { contentEncoding: encoded.coding }),
    content: encoded?.content ?? content,
    etag: encoded ? `"${descriptor.sha256}-${encoded.coding}"` : `"${descriptor.sha256}"`,
    lastModified: content.storedAt,
    cacheControl,
    hasRanges: true,
    isNegotiated: true,
    ...(descriptor.kind === 'complete' && { dictionaryFor: descriptor.url }),
  };
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
