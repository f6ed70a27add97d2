import { provideProblems } from '@kakunin/runtime';
import type { Provider, Type } from '@nestjs/common';
import type { BillingMeterConfig } from '../config.ts';
import { LedgerKeys, readLedgerKeys } from './ledger-keys.ts';
import { LedgerMetrics } from './ledger-metrics.ts';
import { LedgerProjection } from './ledger-projection.ts';
import { LedgerProjectionStore } from './ledger-projection-store.ts';
import { LedgerProjector } from './ledger-projector.ts';
import { Ledgers } from './ledgers.ts';
import { LedgersController } from './ledgers.controller.ts';

export const ledgerControllers: readonly Type[] = [LedgersController];

/** Keeps the customers' usage ledgers, and serves them. */
export const provideLedgers = ({
  ledgerKeyFile,
  ledgerRetiredKeysFile,
}: Pick<BillingMeterConfig, 'ledgerKeyFile' | 'ledgerRetiredKeysFile'>): readonly Provider[] => [
  {
    provide: LedgerKeys,
    useFactory: () => readLedgerKeys({ signing: ledgerKeyFile, retired: ledgerRetiredKeysFile }),
  },
  Ledgers,
  LedgerProjectionStore,
  LedgerProjection,
  LedgerMetrics,
  LedgerProjector,
  provideProblems({ ledger_file_unknown: { status: 404, title: 'No such file of a ledger' } }),
];
