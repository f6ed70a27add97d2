import { provideProblems } from '@kakunin/runtime';
import type { Provider, Type } from '@nestjs/common';
import { CommitmentsController, TariffsController, WaiversController } from './fee-prices.controllers.ts';
import { PriceStore } from './price-store.ts';
import { BILLING_PROBLEMS } from './problems.ts';

export const priceControllers: readonly Type[] = [TariffsController, WaiversController, CommitmentsController];

/** What is known of prices, and was. */
export const providePrices = (): readonly Provider[] => [PriceStore, provideProblems(BILLING_PROBLEMS)];
