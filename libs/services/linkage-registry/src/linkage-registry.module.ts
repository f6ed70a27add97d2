import { CallersModule } from '@kakunin/callers';
import { CERTIFICATE_EVENTS } from '@kakunin/event-log';
import { OutboxModule } from '@kakunin/outbox';
import { DatabaseModule, migrationsOf } from '@kakunin/postgres';
import { provideProblems } from '@kakunin/runtime';
import type { DynamicModule } from '@nestjs/common';
import { AuditLog } from './audit/audit-log.ts';
import { AuthoritiesController } from './authorities/authorities.controller.ts';
import { AuthorityStore } from './authorities/authority.store.ts';
import { callTable } from './calls/allow-call.ts';
import { CertificateRegistry } from './certificates/certificate-registry.ts';
import { CertificatesController } from './certificates/certificates.controller.ts';
import { ImportController } from './certificates/import.controller.ts';
import { ListBodies } from './certificates/list-bodies.ts';
import type { LinkageRegistryConfig } from './config.ts';
import { RegistryDatabase } from './database/registry-database.ts';
import { DeadLetters } from './dead-letters/dead-letters.ts';
import { DeadLettersController } from './dead-letters/dead-letters.controller.ts';
import { ChallengeStore } from './identifications/challenge.store.ts';
import { IdentificationStore } from './identifications/identification.store.ts';
import { Identifications } from './identifications/identifications.ts';
import { IdentificationsController } from './identifications/identifications.controller.ts';
import { provideKeys } from './keys/provide-keys.ts';
import { LinkageNews } from './news/linkage-news.ts';
import { PERSON_PROVIDERS } from './persons/person-providers.ts';
import { PersonsController } from './persons/persons.controller.ts';
import { PROBLEMS } from './problems.ts';
import { RegistryMetrics } from './registry-metrics.ts';
import { RelyingParties } from './relying-parties/relying-parties.ts';
import { RelyingPartiesController } from './relying-parties/relying-parties.controller.ts';
import { SectorStore } from './sectors/sector-store.ts';
import { WatermarkModule, WATERMARKS } from './watermarks/watermark.module.ts';

export class LinkageRegistryModule {
  static register(config: LinkageRegistryConfig): DynamicModule {
    return {
      module: LinkageRegistryModule,
      imports: [
        DatabaseModule.register({
          url: config.databaseUrl,
          migrationsDirectory: migrationsOf('@kakunin/linkage-registry'),
        }),
        CallersModule.register({
          operatorCertificateFile: config.operatorCertificateFile,
          callTable: callTable(config.openedCalls),
        }),
        WatermarkModule,
        OutboxModule.register({ trackedTopics: [CERTIFICATE_EVENTS], onCaughtUp: WATERMARKS }),
      ],
      controllers: [
        AuthoritiesController,
        ImportController,
        CertificatesController,
        RelyingPartiesController,
        IdentificationsController,
        DeadLettersController,
        PersonsController,
      ],
      providers: [
        ...provideKeys(config),
        RegistryDatabase,
        RegistryMetrics,
        AuditLog,
        ...PERSON_PROVIDERS,
        SectorStore,
        AuthorityStore,
        CertificateRegistry,
        ListBodies,
        RelyingParties,
        ChallengeStore,
        IdentificationStore,
        Identifications,
        DeadLetters,
        LinkageNews,
        provideProblems(PROBLEMS),
      ],
    };
  }
}
