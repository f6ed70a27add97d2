import type { Clock } from '@kakunin/calendar';
import { OBJECT_STORE } from '@kakunin/object-store';
import type { ObjectStore } from '@kakunin/objects';
import { CLOCK, type Health, HEALTH, type Logger, LOGGER, METRICS } from '@kakunin/runtime';
import type { Provider } from '@nestjs/common';
import type { Registry } from 'prom-client';
import { SupersededManifests } from '../manifest/superseded-manifests.ts';
import { PublicationProfiles } from '../profiles/publication-profiles.ts';
import { ServedCrls } from '../serving/served-crls.ts';
import { ArchiveMetrics } from './archive-metrics.ts';
import { ArchiveUpkeep } from './archive-upkeep.ts';
import { ArchivedCrls } from './archived-crls.ts';
import { CrlArchive } from './crl-archive.ts';
import { PublicationArchive } from './publication-archive.ts';
import { Retention } from './retention.ts';

/** The archive of what was published, and what keeps it whole and small. */
export const provideArchive = (): Provider[] => [
  { provide: CrlArchive, inject: [OBJECT_STORE], useFactory: (store: ObjectStore) => new CrlArchive(store) },
  { provide: ArchivedCrls, inject: [CrlArchive], useFactory: (archive: CrlArchive) => new ArchivedCrls(archive) },
  { provide: ArchiveMetrics, inject: [METRICS], useFactory: (registry: Registry) => new ArchiveMetrics(registry) },
  {
    provide: PublicationArchive,
    inject: [OBJECT_STORE, CrlArchive, ArchivedCrls, ArchiveMetrics, HEALTH, LOGGER],
    useFactory: (...[store, archive, archived, metrics, health, logger]: PublicationDependencies) =>
      new PublicationArchive({ store, archive, archived, metrics, health, logger }),
  },
  {
    provide: Retention,
    inject: [OBJECT_STORE, ArchivedCrls, ArchiveMetrics, CLOCK, LOGGER, PublicationProfiles],
    useFactory: (...[store, archived, metrics, clock, logger, profiles]: RetentionDependencies) => {
      const filesKept = (authorityId: string): number => profiles.of(authorityId).filesKept;
      return new Retention({ store, archived, metrics, clock, logger, filesKept });
    },
  },
  {
    provide: SupersededManifests,
    inject: [OBJECT_STORE, CLOCK],
    useFactory: (store: ObjectStore, clock: Clock) => new SupersededManifests(store, clock),
  },
  {
    provide: ArchiveUpkeep,
    inject: [PublicationArchive, Retention, SupersededManifests, ServedCrls, LOGGER],
    useFactory: (...[archive, retention, manifests, served, logger]: UpkeepDependencies) =>
      new ArchiveUpkeep({ archive, retention, manifests, logger, onRemoved: () => served.forget() }),
  },
];

type PublicationDependencies = [ObjectStore, CrlArchive, ArchivedCrls, ArchiveMetrics, Health, Logger];
type RetentionDependencies = [ObjectStore, ArchivedCrls, ArchiveMetrics, Clock, Logger, PublicationProfiles];
type UpkeepDependencies = [PublicationArchive, Retention, SupersededManifests, ServedCrls, Logger];
