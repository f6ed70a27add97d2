import type { Clock } from '@kakunin/calendar';
import type { ObjectStore } from '@kakunin/objects';
import { type CrlDescriptor, crlKey, crlPointer, type CrlSeries, patchListPointer } from '@kakunin/publication';
import type { Logger } from '@kakunin/runtime';
import { PublishedCrls } from '../published-crls.ts';
import type { ArchivedCrls } from './archived-crls.ts';
import type { ArchiveMetrics } from './archive-metrics.ts';

export interface RetentionOptions {
  readonly store: ObjectStore;
  readonly archived: ArchivedCrls;
  readonly metrics: ArchiveMetrics;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How long the files of an authority's CRL stay after it was published; milliseconds. Records stay for ever. */
  readonly filesKept: (authorityId: string) => number;
}

/** So many CRLs are removed at a time: the store looks at every pointer once for them. */
const BATCH = 100;

/**
 * Takes away the files of old CRLs, each after it was made again of its record and was the same. Under its address it
 * stays to be had: it is made again for whoever asks.
 */
export class Retention {
  readonly #options: RetentionOptions;
  readonly #published: PublishedCrls;

  constructor(options: RetentionOptions) {
    this.#options = options;
    this.#published = new PublishedCrls(options.store);
  }

  /** Goes through all series once. What cannot be made again stays, and is told of. */
  async run(): Promise<void> {
    const listed = await this.#published.list();
    for (const newest of listed.filter(({ kind }) => kind === 'complete')) {
      const delta = listed.find((one) => crlPointer(one) === crlPointer({ ...newest, kind: 'delta' }));
      // A client may still hold the base that a delta is to, or a patch begins with.
      const needed = [newest.crlNumber, newest.lastScheduledNumber, delta?.baseCrlNumber, ...patched(newest)];
      await this.#thinOut(newest, least(needed));
      if (delta) await this.#thinOut(delta, delta.crlNumber);
    }
  }

  async #thinOut(series: CrlSeries, firstNeeded: bigint): Promise<void> {
    const files = await this.#files(series);
    const numbers = [...files.keys()].sort((one, other) => (one < other ? -1 : 1));
    let removed: bigint[] = [];
    for (const number of numbers.filter((one) => one < firstNeeded)) {
      if (!(await this.#isOld(crlKey(series, number)))) break;
      if (await this.#isSafe(crlKey(series, number))) removed.push(number);
      if (removed.length === BATCH) await this.#remove(series, files, removed.splice(0));
    }
    await this.#remove(series, files, removed);
  }

  /** The keys of all files of each CRL of a series, by its number; without the newest list of patches: newer CRLs may have none. */
  async #files(series: CrlSeries): Promise<ReadonlyMap<bigint, readonly string[]>> {
    const folder = crlKey(series, 0n).replace(/[^/]+$/, '');
    const name = series.kind === 'delta' ? /^(\d+)\.delta\./ : /^(\d+)\.(?!delta\.)/;
    const { store } = this.#options;
    const newestList = await store.target(patchListPointer(series));
    const files = new Map<bigint, string[]>();
    for await (const { key } of store.list(folder)) {
      const [, digits] = name.exec(key.slice(folder.length)) ?? [];
      if (digits === undefined || key === newestList) continue;
      const number = BigInt(digits);
      files.set(number, [...(files.get(number) ?? []), key]);
    }
    return files;
  }

  async #isOld(key: string): Promise<boolean> {
    const { clock, filesKept } = this.#options;
    const descriptor =
      (await this.#published.at(key))?.descriptor ?? (await this.#options.archived.at(key))?.descriptor;
    return descriptor !== undefined && descriptor.publishedAt < clock.now() - filesKept(descriptor.authorityId);
  }

  async #isSafe(key: string): Promise<boolean> {
    const { archived, logger } = this.#options;
    try {
      const crl = await archived.at(key);
      if (crl) await archived.verify(crl);
      return crl !== undefined;
    } catch (error) {
      logger.error({ crl: key, err: error }, 'an archived CRL cannot be made again; its file stays');
      return false;
    }
  }

  async #remove(series: CrlSeries, files: ReadonlyMap<bigint, readonly string[]>, numbers: readonly bigint[]) {
    if (numbers.length === 0) return;
    const { store, metrics } = this.#options;
    await store.remove(...numbers.flatMap((number) => files.get(number) ?? []));
    metrics.removed(series.authorityId, numbers.length);
  }
}

const patched = ({
  patches = [],
}: CrlDescriptor & { readonly patches?: readonly { readonly from: bigint }[] | undefined }) =>
  patches.map(({ from }) => from);

const least = (numbers: readonly (bigint | undefined)[]): bigint =>
  numbers.reduce<bigint>((one, other) => (other !== undefined && other < one ? other : one), numbers[0] ?? 0n);
