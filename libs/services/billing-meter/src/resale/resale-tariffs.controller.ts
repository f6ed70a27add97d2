import { Controller } from '@nestjs/common';
import { priceEntriesController } from '../prices/price-entries.controller.ts';
import { RESALE_TARIFF } from '../prices/schemas.ts';

/** A platform provider's own prices for its service providers: nobody else sees them. */
@Controller('resale/tariffs')
export class ResaleTariffsController extends priceEntriesController({
  kind: 'tariff',
  schemas: RESALE_TARIFF,
  readers: ['platform_provider'],
  writers: ['platform_provider'],
  issuerOf: ({ code }) => code,
  isVisibleTo: () => true,
}) {}
