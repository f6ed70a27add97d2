import type { Clock } from '@kakunin/calendar';
import { AllowRoles, CurrentCaller } from '@kakunin/callers';
import type { Caller } from '@kakunin/relying-parties';
import { CLOCK } from '@kakunin/runtime';
import { Body, Controller, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse } from '@nestjs/swagger';
import { z } from 'zod';
import { isVisibleTo } from '../visibility.ts';
import { endSchema, entryIdSchema, newTariffSchema, tariffFrom, tariffJson, tariffSchema } from './convert.ts';
import { PriceStore } from './price-store.ts';

@Controller('tariffs')
export class TariffsController {
  constructor(
    @Inject(PriceStore) private readonly prices: PriceStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** A customer sees what is for everybody and for itself. */
  @Get()
  @AllowRoles('finance', 'operator', 'platform_provider')
  @ApiOkResponse({ standardSchema: z.array(tariffSchema) })
  async list(@CurrentCaller() caller: Caller): Promise<object[]> {
    const { tariffs } = await this.prices.read();
    return tariffs.filter((entry) => isVisibleTo(caller, entry)).map(tariffJson);
  }

  @Post()
  @AllowRoles('finance')
  @ApiCreatedResponse({ standardSchema: tariffSchema })
  async add(
    @Body({ schema: newTariffSchema }) body: z.infer<typeof newTariffSchema>,
    @CurrentCaller() caller: Caller,
  ): Promise<object> {
    const at = this.clock.now();
    const tariff = tariffFrom(body, at);
    await this.prices.addTariff(tariff, { caller: caller.code, at });
    return tariffJson(tariff);
  }

  @Post(':id/end')
  @HttpCode(200)
  @AllowRoles('finance')
  @ApiOkResponse({ standardSchema: tariffSchema })
  async end(
    @Param('id', { schema: entryIdSchema }) id: string,
    @Body({ schema: endSchema }) { validTo }: z.infer<typeof endSchema>,
    @CurrentCaller() caller: Caller,
  ): Promise<object> {
    return tariffJson(await this.prices.endTariff({ id, validTo }, { caller: caller.code, at: this.clock.now() }));
  }
}
