import { CallersModule } from '@kakunin/callers';
import { CERTIFICATE_EVENTS } from '@kakunin/event-log';
import { OutboxModule } from '@kakunin/outbox';
import { DatabaseModule, migrationsOf } from '@kakunin/postgres';
import { provideProblems } from '@kakunin/runtime';
import type { DynamicModule } from '@nestjs/common';
import { AUDIT_CONTROLLERS, AUDIT_PROVIDERS } from './audit/provide-audit.ts';
import { AuthoritiesController } from './authorities/authorities.controller.ts';
import { AuthorityStore } from './authorities/authority.store.ts';
import { callTable } from './calls/allow-call.ts';
import { CertificateRegistry } from './certificates/certificate-registry.ts';
import { CertificateWriter } from './certificates/certificate-writer.ts';
import { CertificatesController } from './certificates/certificates.controller.ts';
import type { LinkageRegistryConfig } from './config.ts';
import { RegistryDatabase } from './database/registry-database.ts';
import { DeadLetters } from './dead-letters/dead-letters.ts';
import { DeadLettersController } from './dead-letters/dead-letters.controller.ts';
import { IDENTIFICATION_CONTROLLERS, IDENTIFICATION_PROVIDERS } from './identifications/provide-identifications.ts';
import { ImportsController } from './imports/imports.controller.ts';
import { provideImports } from './imports/provide-imports.ts';
import { DataKeysController } from './keys/data-keys.controller.ts';
import { provideKeys } from './keys/provide-keys.ts';
import { NEWS_CONTROLLERS, provideNews } from './news/provide-news.ts';
import { PERSON_PROVIDERS } from './persons/provide-persons.ts';
import { PersonsController } from './persons/persons.controller.ts';
import { PROBING_CONTROLLERS, PROBING_PROVIDERS } from './probing/provide-probing.ts';
import { PROBLEMS } from './problems.ts';
import { RegistryMetrics } from './registry-metrics.ts';
import { RelyingParties } from './relying-parties/relying-parties.ts';
import { RelyingPartiesController } from './relying-parties/relying-parties.controller.ts';
import { SECTOR_PROVIDERS } from './sectors/provide-sectors.ts';
import { SectorsController } from './sectors/sectors.controller.ts';
import { provideSerialNumbers } from './serial-numbers/provide-serial-numbers.ts';
import { SerialNumbersController } from './serial-numbers/serial-numbers.controller.ts';
import { TranslationsController } from './sectors/translations.controller.ts';
import { WatermarkModule, WATERMARKS } from './watermarks/watermark.module.ts';

const CONTROLLERS = [
  AuthoritiesController,
  ImportsController,
  CertificatesController,
  SerialNumbersController,
  RelyingPartiesController,
  ...IDENTIFICATION_CONTROLLERS,
  ...PROBING_CONTROLLERS,
  ...AUDIT_CONTROLLERS,
  DeadLettersController,
  PersonsController,
  TranslationsController,
  SectorsController,
  DataKeysController,
  ...NEWS_CONTROLLERS,
];

export class LinkageRegistryModule {
  static register(config: LinkageRegistryConfig): DynamicModule {
    return {
      module: LinkageRegistryModule,
      imports: [
        DatabaseModule.register({
          url: config.databaseUrl,
          migrationsDirectory: migrationsOf('@kakunin/linkage-registry'),
          patienceMilliseconds: 2_000,
        }),
        CallersModule.register({
          operatorCertificateFile: config.operatorCertificateFile,
          callTable: callTable(config.openedCalls),
        }),
        WatermarkModule,
        OutboxModule.register({ trackedTopics: [CERTIFICATE_EVENTS], onCaughtUp: WATERMARKS }),
      ],
      controllers: CONTROLLERS,
      providers: [
        ...provideKeys(config),
        RegistryDatabase,
        RegistryMetrics,
        ...AUDIT_PROVIDERS,
        ...PROBING_PROVIDERS,
        ...IDENTIFICATION_PROVIDERS,
        ...PERSON_PROVIDERS,
        ...SECTOR_PROVIDERS,
        AuthorityStore,
        CertificateRegistry,
        CertificateWriter,
        ...provideImports(),
        ...provideSerialNumbers(config),
        RelyingParties,
        DeadLetters,
        ...provideNews(config),
        provideProblems(PROBLEMS),
      ],
    };
  }
}
