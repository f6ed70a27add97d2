import type { Logger } from '@kakunin/runtime';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import type { SupersededManifests } from '../manifest/superseded-manifests.ts';
import type { PublicationArchive } from './publication-archive.ts';
import type { Retention } from './retention.ts';

export interface ArchiveUpkeepOptions {
  readonly archive: Pick<PublicationArchive, 'catchUp'>;
  readonly retention: Pick<Retention, 'run'>;
  readonly manifests: Pick<SupersededManifests, 'remove'>;
  readonly logger: Logger;
  /** Called after files may have been removed, by us or by another publisher: what was remembered of them is not good. */
  readonly onRemoved: () => void;
}

/** How soon a record is written that failed with its publication. Milliseconds. */
const CATCH_UP_INTERVAL = 10_000;
const RETENTION_INTERVAL = 3_600_000;

/** Does what the archive has to do beside publications: one thing at a time. */
export class ArchiveUpkeep implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #options: ArchiveUpkeepOptions;
  readonly #timers: NodeJS.Timeout[] = [];
  #work = Promise.resolve();
  #stopped = false;

  constructor(options: ArchiveUpkeepOptions) {
    this.#options = options;
  }

  onApplicationBootstrap(): void {
    const { archive, retention, manifests, onRemoved } = this.#options;
    const catchUp = (): void => this.#do(() => archive.catchUp());
    const thinOut = (): void => {
      this.#do(() => manifests.remove());
      this.#do(() => retention.run().finally(onRemoved));
    };
    catchUp();
    thinOut();
    this.#timers.push(setInterval(catchUp, CATCH_UP_INTERVAL), setInterval(thinOut, RETENTION_INTERVAL));
  }

  /** Resolves when what is under way has ended. */
  async beforeApplicationShutdown(): Promise<void> {
    this.#stopped = true;
    for (const timer of this.#timers) clearInterval(timer);
    await this.#work;
  }

  #do(work: () => Promise<void>): void {
    const { logger } = this.#options;
    this.#work = this.#work
      .then(() => (this.#stopped ? undefined : work()))
      .catch((error: unknown) => logger.warn({ err: error }, 'upkeep of the CRL archive failed; it is tried again'));
  }
}
