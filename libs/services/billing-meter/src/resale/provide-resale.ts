import type { Provider, Type } from '@nestjs/common';
import { ResaleMarginStore } from './resale-margin-store.ts';
import { ResaleTariffsController } from './resale-tariffs.controller.ts';
import { ResaleController } from './resale.controller.ts';
import { Reseller } from './reseller.ts';

export const resaleControllers: readonly Type[] = [ResaleTariffsController, ResaleController];

/** What platform providers bill their service providers. */
export const provideResale = (): readonly Provider[] => [Reseller, ResaleMarginStore];
