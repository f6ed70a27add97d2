import type { Clock } from '@kakunin/calendar';
import { CallersModule } from '@kakunin/callers';
import { OBJECT_STORE, ObjectStoreModule } from '@kakunin/object-store';
import type { ObjectStore } from '@kakunin/objects';
import { Database, DatabaseModule, migrationsOf } from '@kakunin/postgres';
import { checkTiming, PublicationError, type PublicationTiming } from '@kakunin/publication';
import {
  CLOCK,
  ConfigError,
  HEALTH,
  type Health,
  LOGGER,
  type Logger,
  METRICS,
  provideProblems,
} from '@kakunin/runtime';
import { SigningCredentials } from '@kakunin/signing-keys';
import { StatusFeed, StatusFeedModule } from '@kakunin/status-feed';
import {
  type BeforeApplicationShutdown,
  type DynamicModule,
  Inject,
  type OnApplicationBootstrap,
  type Provider,
} from '@nestjs/common';
import type { Registry } from 'prom-client';
import { crlPublisherConfig, type CrlPublisherConfig, timingOf } from './config.ts';
import { CrlIssuer } from './crl-issuer.ts';
import { CrlNumbers } from './crl-numbers.store.ts';
import { providePatches } from './patches/provide-patches.ts';
import { ArchivedCrls } from './archive/archived-crls.ts';
import { provideArchive } from './archive/provide-archive.ts';
import { PublicationArchive } from './archive/publication-archive.ts';
import { provideManifest } from './manifest/provide-manifest.ts';
import { PublishedManifest } from './manifest/published-manifest.ts';
import { PublicationLoop } from './publication-loop.ts';
import { PublicationMetrics } from './publication-metrics.ts';
import { PublicationSchedule } from './publication-schedule.ts';
import { PublishedCrls } from './published-crls.ts';
import { CrlController } from './serving/crl.controller.ts';
import { ServedCrls } from './serving/served-crls.ts';
import { ServedFiles } from './serving/served-files.ts';

/** How soon a replaced signing key is taken up. Milliseconds. */
const SIGNERS_INTERVAL = 1_000;

/** Makes CRLs of the status feed and serves them. */
export class CrlPublisherModule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(
    @Inject(PublicationLoop) private readonly loop: PublicationLoop,
    @Inject(SigningCredentials) private readonly signers: SigningCredentials,
    @Inject(Database) private readonly database: Database,
    @Inject(HEALTH) private readonly health: Health,
  ) {}

  onApplicationBootstrap(): void {
    this.health.register('crl-signers', () => {
      const problems = [...this.signers.problems()].map(([name, problem]) => `${name}: ${problem}`);
      return { ok: problems.length === 0, detail: problems.join('; ') || 'all key files are in use' };
    });
    // When the database cannot be migrated its own check says so, and there are no numbers to publish under.
    this.database.whenReady().then(
      () => this.loop.start(),
      () => undefined,
    );
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.loop.stop();
    await this.signers.close();
  }

  static register(config: CrlPublisherConfig): DynamicModule {
    const timing = checkedTiming(config);
    return {
      module: CrlPublisherModule,
      imports: [
        CallersModule.register(),
        DatabaseModule.register({
          url: config.databaseUrl,
          migrationsDirectory: migrationsOf('@kakunin/crl-publisher'),
        }),
        ObjectStoreModule.register({ url: config.storeUrl }),
        StatusFeedModule.register({
          consumer: 'crl-publisher',
          snapshotDirectory: config.snapshotDirectory,
          sealingKeysDirectory: config.sealingKeysDirectory ?? config.signersDirectory,
          maxAgeMilliseconds: timing.maximumDataAge,
        }),
      ],
      controllers: [CrlController],
      providers: [
        CrlNumbers,
        ...provideManifest(config),
        ...provideArchive(config),
        providePatches(config),
        publishedProvider,
        filesProvider,
        servedProvider,
        problemsProvider,
        signersProvider(config),
        issuerProvider(timing),
        loopProvider(timing),
      ],
    };
  }
}

const problemsProvider = provideProblems({
  store_unavailable: { status: 503, title: 'The store of published files is away' },
  object_missing: { status: 503, title: 'The file is gone from the store of published files' },
});

const publishedProvider: Provider = {
  provide: PublishedCrls,
  inject: [OBJECT_STORE, PublishedManifest, PublicationArchive],
  useFactory: (store: ObjectStore, manifest: PublishedManifest, archive: PublicationArchive) =>
    new PublishedCrls(store, manifest, archive),
};

const filesProvider: Provider = {
  provide: ServedFiles,
  inject: [OBJECT_STORE],
  useFactory: (store: ObjectStore) => new ServedFiles(store),
};

const servedProvider: Provider = {
  provide: ServedCrls,
  inject: [PublishedCrls, CLOCK, ArchivedCrls],
  useFactory: (published: PublishedCrls, clock: Clock, archived: ArchivedCrls) =>
    new ServedCrls(published, clock, archived),
};

const signersProvider = ({ signersDirectory: directory }: CrlPublisherConfig): Provider => ({
  provide: SigningCredentials,
  inject: [CLOCK],
  useFactory: (clock: Clock) => SigningCredentials.open({ directory, interval: SIGNERS_INTERVAL, clock }),
});

/** A new authority's key may have come after the last look at the files. */
const signerOf = (signers: SigningCredentials) => async (authorityId: string) => {
  if (!signers.get(authorityId)) await signers.refresh();
  return signers.get(authorityId);
};

const issuerProvider = (timing: PublicationTiming): Provider => ({
  provide: CrlIssuer,
  inject: [CLOCK, CrlNumbers, PublishedCrls, SigningCredentials],
  useFactory: (clock: Clock, numbers: CrlNumbers, published: PublishedCrls, signers: SigningCredentials) =>
    new CrlIssuer({ clock, numbers, published, timing, signerOf: signerOf(signers) }),
});

const loopProvider = (timing: PublicationTiming): Provider => ({
  provide: PublicationLoop,
  inject: [StatusFeed, CrlIssuer, PublishedCrls, HEALTH, METRICS, CLOCK, LOGGER],
  useFactory: (...[feed, issuer, published, health, registry, clock, logger]: LoopDependencies) =>
    new PublicationLoop({
      feed,
      issuer,
      published,
      health,
      clock,
      logger,
      schedule: new PublicationSchedule(timing),
      metrics: new PublicationMetrics({ registry, clock, newest: () => published.list() }),
    }),
});

type LoopDependencies = [StatusFeed, CrlIssuer, PublishedCrls, Health, Registry, Clock, Logger];

function checkedTiming(config: CrlPublisherConfig): PublicationTiming {
  const timing = timingOf(config);
  try {
    checkTiming(timing);
    return timing;
  } catch (error) {
    if (error instanceof PublicationError) throw new ConfigError(crlPublisherConfig.service, [error.message]);
    throw error;
  }
}
