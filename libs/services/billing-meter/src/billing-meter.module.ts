import { CallersModule } from '@kakunin/callers';
import { ObjectStoreModule } from '@kakunin/object-store';
import { DatabaseModule, migrationsOf } from '@kakunin/postgres';
import { DocumentSigner } from '@kakunin/signing-keys';
import type { DynamicModule, Type } from '@nestjs/common';
import type { BillingMeterConfig } from './config.ts';
import { AdministrationDatabase } from './database/administration-database.ts';
import { ledgerControllers, provideLedgers } from './ledger/provide-ledgers.ts';
import { meteringControllers, provideMetering } from './metering/provide-metering.ts';
import { priceControllers, providePrices } from './prices/provide-prices.ts';
import { provideResale, resaleControllers } from './resale/provide-resale.ts';
import { provideRetention, retentionControllers } from './retention/provide-retention.ts';
import { exportControllers, provideExports } from './exports/provide-exports.ts';
import { readDocumentSigner } from './signing/document-signer.ts';
import { SigningKeyController } from './signing/signing-key.controller.ts';
import { SimulationsController } from './simulation/simulations.controller.ts';
import { Simulator } from './simulation/simulator.ts';
import { provideStatements, statementControllers } from './statements/provide-statements.ts';
import { TodayController } from './today/today.controller.ts';
import { UsageReportStore } from './usage/usage-report-store.ts';
import { UsageController } from './usage/usage.controller.ts';
import { provideUsageEvents, usageEventControllers } from './usage-events/provide-usage-events.ts';

const controllers: readonly Type[] = [
  ...meteringControllers,
  ...exportControllers,
  ...priceControllers,
  ...resaleControllers,
  ...retentionControllers,
  SimulationsController,
  TodayController,
  UsageController,
  ...usageEventControllers,
  ...ledgerControllers,
  SigningKeyController,
  ...statementControllers,
];

export class BillingMeterModule {
  static register(config: BillingMeterConfig): DynamicModule {
    return {
      module: BillingMeterModule,
      imports: [
        DatabaseModule.register({
          url: config.databaseUrl,
          migrationsDirectory: migrationsOf('@kakunin/billing-meter'),
        }),
        ObjectStoreModule.register({ url: config.storeUrl }),
        CallersModule.register({ operatorCertificateFile: config.operatorCertificateFile }),
      ],
      controllers: [...controllers],
      providers: [
        AdministrationDatabase,
        ...provideMetering(config),
        Simulator,
        UsageReportStore,
        ...provideExports(),
        ...provideLedgers(config),
        ...provideUsageEvents(config),
        ...provideStatements(),
        { provide: DocumentSigner, useFactory: () => readDocumentSigner(config.signingKeyFile) },
        ...providePrices(),
        ...provideRetention(),
        ...provideResale(),
      ],
    };
  }
}
