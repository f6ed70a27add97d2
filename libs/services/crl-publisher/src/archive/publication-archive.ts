import { crlKeyOfRecord, recordKeyOf } from '@kakunin/evidence';
import { ObjectError, type ObjectStore } from '@kakunin/objects';
import { type CrlDescriptor, crlKey, crlPointer, type CrlSeries } from '@kakunin/publication';
import type { Health, HealthResult, Logger } from '@kakunin/runtime';
import { type PublishedCrl, PublishedCrls } from '../published-crls.ts';
import type { ArchivedCrls } from './archived-crls.ts';
import type { ArchiveMetrics } from './archive-metrics.ts';
import { CrlArchive } from './crl-archive.ts';

export interface PublicationArchiveOptions {
  readonly store: ObjectStore;
  readonly archive: CrlArchive;
  readonly archived: ArchivedCrls;
  readonly metrics: ArchiveMetrics;
  readonly health: Health;
  readonly logger: Logger;
}

/**
 * Sees to it that every published CRL has its record: written before the pointer moves, and where that fails, which holds
 * up no CRL, as soon as it can be. Until then the check `crl-archive` is red.
 */
export class PublicationArchive {
  readonly #options: PublicationArchiveOptions;
  readonly #published: PublishedCrls;
  /** By pointer: series with CRLs that have no record. */
  readonly #behind = new Map<string, CrlSeries>();
  #wasLookedAt = false;

  constructor(options: PublicationArchiveOptions) {
    this.#options = options;
    this.#published = new PublishedCrls(options.store);
    options.health.register('crl-archive', () => this.#health());
  }

  /** Archives a CRL that lies in the store, before it becomes the newest of its series. Never throws. */
  async keep(descriptor: CrlDescriptor, previousKey: string | undefined): Promise<void> {
    const { archive } = this.#options;
    try {
      const [crl, previous] = [await this.#at(keyOf(descriptor)), previousKey && (await this.#at(previousKey))];
      await archive.append(crl, previous || undefined);
    } catch (error) {
      this.#fellBehind(descriptor, error);
    }
  }

  /** Writes records that are missing: of a store of before there were records, or that failed when a CRL was published. */
  async catchUp(): Promise<void> {
    const listed = this.#wasLookedAt ? [] : await this.#published.list();
    const series = new Map(listed.map((one) => [crlPointer(one), one as CrlSeries]));
    for (const [pointer, one] of new Map([...series, ...this.#behind])) {
      try {
        await this.#catchUpSeries(one);
        this.#behind.delete(pointer);
      } catch (error) {
        this.#fellBehind(one, error);
      }
    }
    this.#wasLookedAt = true;
    this.#options.metrics.setBehind([...this.#behind.values()]);
  }

  async #catchUpSeries(series: CrlSeries): Promise<void> {
    const { archive } = this.#options;
    const newest = await this.#published.newestKey(series);
    if (newest === undefined || (await archive.records.find(newest))) return;
    const { archived, missing } = await this.#gap(series, newest);
    let previous = archived === undefined ? undefined : await this.#at(crlKey(series, archived));
    for (const crlNumber of missing) {
      const crl = await this.#at(crlKey(series, crlNumber));
      await archive.append(crl, previous, { isLate: true }).catch(unlessThere);
      previous = crl;
    }
  }

  /** Number of the last CRL that has a record, and those behind it that have none, up to the newest. */
  async #gap(series: CrlSeries, newest: string) {
    const limit = numberIn(series, newest) ?? 0n;
    const folder = crlKey(series, 0n).replace(/[^/]+$/, '');
    const numbers = async (prefix: string, keyOfCrl: (key: string) => string | undefined) => {
      const found: bigint[] = [];
      for await (const { key } of this.#options.store.list(prefix)) {
        const number = numberIn(series, keyOfCrl(key) ?? '');
        if (number !== undefined && number <= limit) found.push(number);
      }
      return found.sort((one, other) => (one < other ? -1 : 1));
    };
    const archived = (await numbers(recordKeyOf(folder), crlKeyOfRecord)).at(-1);
    const missing = await numbers(folder, (key) => key);
    return { archived, missing: missing.filter((number) => archived === undefined || number > archived) };
  }

  /** An archived one may have lost its file: then it is made again. */
  async #at(key: string): Promise<PublishedCrl> {
    const { archived } = this.#options;
    const found = (await this.#published.at(key)) ?? (await archived.at(key));
    if (found) return found;
    throw new ObjectError('object_missing', 'A published CRL is gone from the store: restore its files from a copy.');
  }

  #fellBehind(series: CrlSeries, error: unknown): void {
    const { metrics, logger } = this.#options;
    const { authorityId, partition, kind } = series;
    this.#behind.set(crlPointer(series), { authorityId, partition, kind });
    metrics.failed(authorityId);
    metrics.setBehind([...this.#behind.values()]);
    logger.error({ authorityId, partition, kind, err: error }, 'a published CRL has no archive record yet');
  }

  #health(): HealthResult {
    const authorities = new Set([...this.#behind.values()].map(({ authorityId }) => authorityId));
    if (authorities.size === 0) return { ok: true, detail: 'every published CRL has its archive record' };
    const detail = `CRLs of ${[...authorities].join(', ')} have no archive record yet; they are published all the same`;
    return { ok: false, detail };
  }
}

const keyOf = (descriptor: CrlDescriptor): string => crlKey(descriptor, descriptor.crlNumber);

const NUMBER = /^\d{1,48}/;

/** The number in the key of a CRL; undefined when it is none of this series. */
function numberIn(series: CrlSeries, key: string): bigint | undefined {
  const [digits] = NUMBER.exec(key.slice(key.lastIndexOf('/') + 1)) ?? [];
  return digits !== undefined && crlKey(series, BigInt(digits)) === key ? BigInt(digits) : undefined;
}

/** Another publisher may have written the same record meanwhile. */
function unlessThere(error: unknown): void {
  if (!(error instanceof ObjectError) || error.code !== 'object_exists') throw error;
}
