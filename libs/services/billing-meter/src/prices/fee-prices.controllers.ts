import { Controller } from '@nestjs/common';
import { isVisibleTo } from '../visibility.ts';
import { type EntriesRoute, priceEntriesController } from './price-entries.controller.ts';
import type { PriceKind } from './price-entry.ts';
import { FEES } from './price-store.ts';
import { COMMITMENT, TARIFF, WAIVER } from './schemas.ts';

/** Finance sets them. A customer sees what is for everybody and for itself. */
const fees: Omit<EntriesRoute<PriceKind>, 'kind' | 'schemas'> = {
  readers: ['finance', 'operator', 'platform_provider'],
  writers: ['finance'],
  issuerOf: () => FEES,
  isVisibleTo,
};

@Controller('tariffs')
export class TariffsController extends priceEntriesController({ ...fees, kind: 'tariff', schemas: TARIFF }) {}

@Controller('waivers')
export class WaiversController extends priceEntriesController({ ...fees, kind: 'waiver', schemas: WAIVER }) {}

@Controller('commitments')
export class CommitmentsController extends priceEntriesController({
  ...fees,
  kind: 'commitment',
  schemas: COMMITMENT,
}) {}
