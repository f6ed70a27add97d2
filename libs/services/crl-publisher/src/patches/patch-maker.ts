import type { ObjectStore } from '@kakunin/objects';
import type { Database } from '@kakunin/postgres';
import { CRL_MANIFEST_POINTER, crlKey, type ListedCrl } from '@kakunin/publication';
import { type Logger, Rounds } from '@kakunin/runtime';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import type { PublishedCrls } from '../published-crls.ts';
import type { PatchOptions } from './patch-crl.ts';
import type { PatchMetrics } from './patch-metrics.ts';
import type { PatchReport, PatchWork } from './patch-worker.ts';

export interface PatchMakerOptions {
  readonly store: Pick<ObjectStore, 'target'>;
  readonly storeUrl: string;
  readonly published: Pick<PublishedCrls, 'list' | 'updateManifest'>;
  readonly database: Pick<Database, 'whenReady' | 'withLock'>;
  readonly patches: PatchOptions;
  readonly makePatches: (work: PatchWork, signal: AbortSignal) => Promise<readonly PatchReport[]>;
  readonly metrics: PatchMetrics;
  readonly logger: Logger;
}

/** How soon a new CRL is seen; milliseconds. */
const TICK = 1_000;
/** CRLs a round: those that are listed meanwhile wait no longer for their patches than this many take. */
const ROUND = 64;
/** Ticks that are passed over after a round that failed, */
const PAUSE = 10;
/** and after one that listed nothing. */
const AWHILE = 2;

/**
 * Sees to it that the newest CRLs have patches, whoever published them: it looks at the manifest, so a restart or another
 * publisher's CRL is nothing special. Publication does not know of it, and never waits for it.
 */
export class PatchMaker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #options: PatchMakerOptions;
  readonly #rounds: Rounds;
  #pause = 0;
  /** The manifest of which everything has its patches. */
  #done: string | undefined;

  constructor(options: PatchMakerOptions) {
    this.#options = options;
    this.#rounds = new Rounds({
      interval: TICK,
      work: (signal) => this.#tick(signal),
      onFault: (error) => {
        options.metrics.failed();
        options.logger.warn({ err: error }, 'no patches of CRLs made; whoever follows them downloads them whole');
      },
    });
  }

  /** Without the database nothing new is published either. */
  onApplicationBootstrap(): void {
    this.#rounds.startAfter(this.#options.database.whenReady());
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.#rounds.stop();
  }

  async #tick(signal: AbortSignal): Promise<void> {
    if (this.#pause > 0) {
      this.#pause -= 1;
      return;
    }
    try {
      await this.#look(signal);
    } catch (error) {
      this.#pause = PAUSE;
      if (!signal.aborted) throw error;
    }
  }

  async #look(signal: AbortSignal): Promise<void> {
    const { store, published, database } = this.#options;
    const manifest = await store.target(CRL_MANIFEST_POINTER);
    if (manifest === this.#done) return;
    const lacking = (await published.list()).filter((crl) => this.#lacksPatches(crl));
    const newest = lacking.sort((one, other) => other.publishedAt - one.publishedAt).slice(0, ROUND);
    if (newest.length === 0) {
      this.#done = manifest;
      return;
    }
    const made = await database.withLock('crl-patches', () => this.#make(newest, signal));
    // Another publisher is at it, or what was superseded meanwhile stands in the next manifest.
    if (!made?.result) this.#pause = AWHILE;
  }

  #lacksPatches({ kind, patches, bytes }: ListedCrl): boolean {
    return kind === 'complete' && patches === undefined && bytes <= this.#options.patches.maximumBytes;
  }

  /** @returns of how many CRLs patches were listed */
  async #make(crls: readonly ListedCrl[], signal: AbortSignal): Promise<number> {
    const { storeUrl, patches: options, makePatches, metrics, published } = this.#options;
    const keys = crls.map((crl) => crlKey(crl, crl.crlNumber));
    const reports = await makePatches({ storeUrl, keys, options }, signal);
    const failures = reports.flatMap((report) => ('failure' in report ? [report.failure] : []));
    for (const report of reports) if ('patches' in report) metrics.made(report.patches);
    await published.updateManifest(crls);
    if (failures.length > 0) throw new Error(`Patches could not be made: ${failures[0]}.`);
    return reports.length;
  }
}
