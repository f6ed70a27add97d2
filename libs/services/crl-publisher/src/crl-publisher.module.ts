import type { Clock } from '@kakunin/calendar';
import { CallersModule } from '@kakunin/callers';
import { OBJECT_STORE, ObjectStoreModule } from '@kakunin/object-store';
import type { ObjectStore } from '@kakunin/objects';
import { OutboxModule } from '@kakunin/outbox';
import { Database, DatabaseModule, migrationsOf } from '@kakunin/postgres';
import { CLOCK, HEALTH, type Health, provideProblems } from '@kakunin/runtime';
import { SigningCredentials } from '@kakunin/signing-keys';
import { StatusFeedModule } from '@kakunin/status-feed';
import {
  type BeforeApplicationShutdown,
  type DynamicModule,
  Inject,
  type OnApplicationBootstrap,
  type Provider,
} from '@nestjs/common';
import { type CrlPublisherConfig, timingOf } from './config.ts';
import { ArchivedCrls } from './archive/archived-crls.ts';
import { provideArchive } from './archive/provide-archive.ts';
import { PublicationArchive } from './archive/publication-archive.ts';
import { provideIssuing } from './issuing/provide-issuing.ts';
import { BlindListController } from './blind-list/blind-list.controller.ts';
import { provideBlindLists } from './blind-list/provide-blind-lists.ts';
import { providePatches } from './patches/provide-patches.ts';
import { EvidenceController } from './evidence/evidence.controller.ts';
import { provideEvidence } from './evidence/provide-evidence.ts';
import { publisherCallTable } from './evidence/publisher-calls.ts';
import { provideManifest } from './manifest/provide-manifest.ts';
import { PublishedManifest } from './manifest/published-manifest.ts';
import { PublicationLoop } from './publication-loop.ts';
import { PublishedCrls } from './published-crls.ts';
import { CrlController } from './serving/crl.controller.ts';
import { DictionaryTransport } from './serving/dictionary-transport.ts';
import { provideFastCrls } from './serving/fast/provide-fast.ts';
import { ServedCrls } from './serving/served-crls.ts';
import { ServedFiles } from './serving/served-files.ts';

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
    const timing = timingOf(config);
    return {
      module: CrlPublisherModule,
      imports: [
        CallersModule.register({
          operatorCertificateFile: config.operatorCertificateFile,
          callTable: publisherCallTable(config.openedCalls),
        }),
        DatabaseModule.register({
          url: config.databaseUrl,
          migrationsDirectory: migrationsOf('@kakunin/crl-publisher'),
        }),
        OutboxModule.register(),
        ObjectStoreModule.register({ url: config.storeUrl }),
        StatusFeedModule.register({
          consumer: 'crl-publisher',
          snapshotDirectory: config.snapshotDirectory,
          sealingKeysDirectory: config.sealingKeysDirectory ?? config.signersDirectory,
          maxAgeMilliseconds: timing.maximumDataAge,
        }),
      ],
      controllers: [CrlController, BlindListController, EvidenceController],
      providers: [
        ...provideIssuing(config),
        ...provideManifest(config),
        ...provideArchive(),
        ...provideEvidence(config),
        providePatches(config),
        provideBlindLists(config),
        publishedProvider,
        filesProvider,
        servedProvider,
        provideFastCrls(config),
        problemsProvider,
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
  inject: [PublishedCrls, CLOCK, ArchivedCrls, OBJECT_STORE],
  useFactory: (...[published, clock, archived, store]: [PublishedCrls, Clock, ArchivedCrls, ObjectStore]) =>
    new ServedCrls(published, clock, { archived, dictionaries: new DictionaryTransport(store) }),
};
