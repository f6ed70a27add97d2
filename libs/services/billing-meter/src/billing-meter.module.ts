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
import { PriceStore } from './prices/price-store.ts';
import { TariffsController } from './prices/tariffs.controller.ts';
import { WaiversController } from './prices/waivers.controller.ts';
import { BillingController } from './exports/billing.controller.ts';
import { UsageStore } from './statements/usage-store.ts';
import { DocumentSigner, readDocumentSigner } from './signing/document-signer.ts';
import { SigningKeyController } from './signing/signing-key.controller.ts';
import { TodayController } from './today/today.controller.ts';

const PROBLEMS = {
  no_tariff: { status: 409, title: 'Usage has no price' },
  tariff_overlap: { status: 409, title: 'Tariffs overlap' },
  waiver_overlap: { status: 409, title: 'Waivers overlap' },
  duplicate_id: { status: 409, title: 'The id is taken' },
  invalid_validity: { status: 400, title: 'Not a validity' },
  invalid_price: { status: 400, title: 'Not a price' },
};

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
        provideProblems(PROBLEMS),
      ],
    };
  }
}
