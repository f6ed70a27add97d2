import { CallersModule } from '@kakunin/callers';
import { DatabaseModule, migrationsOf } from '@kakunin/postgres';
import { provideProblems } from '@kakunin/runtime';
import type { DynamicModule } from '@nestjs/common';
import type { BillingMeterConfig } from './config.ts';
import { AdministrationDatabase } from './database/administration-database.ts';
import { MeteringMetrics } from './metering/metering-metrics.ts';
import { SegmentStore } from './metering/segment-store.ts';
import { SequenceGaps } from './metering/sequence-gaps.ts';
import { UsageSegmentsConsumer } from './metering/usage-segments.consumer.ts';
import { CommitmentsController, TariffsController, WaiversController } from './prices/fee-prices.controllers.ts';
import { PriceStore } from './prices/price-store.ts';
import { BILLING_PROBLEMS } from './prices/problems.ts';
import { BillingController } from './exports/billing.controller.ts';
import { UsageStore } from './metering/usage-store.ts';
import { DocumentSigner, readDocumentSigner } from './signing/document-signer.ts';
import { SigningKeyController } from './signing/signing-key.controller.ts';
import { TodayController } from './today/today.controller.ts';

export class BillingMeterModule {
  static register(config: BillingMeterConfig): DynamicModule {
    return {
      module: BillingMeterModule,
      imports: [
        DatabaseModule.register({
          url: config.databaseUrl,
          migrationsDirectory: migrationsOf('@kakunin/billing-meter'),
        }),
        CallersModule.register({ operatorCertificateFile: config.operatorCertificateFile }),
      ],
      controllers: [
        UsageSegmentsConsumer,
        BillingController,
        TariffsController,
        WaiversController,
        CommitmentsController,
        TodayController,
        SigningKeyController,
      ],
      providers: [
        AdministrationDatabase,
        MeteringMetrics,
        PriceStore,
        SegmentStore,
        SequenceGaps,
        UsageStore,
        { provide: DocumentSigner, useFactory: () => readDocumentSigner(config.signingKeyFile) },
        provideProblems(BILLING_PROBLEMS),
      ],
    };
  }
}
