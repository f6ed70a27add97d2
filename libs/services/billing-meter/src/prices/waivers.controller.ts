import type { Waiver } from '@kakunin/billing';
import type { Clock } from '@kakunin/calendar';
import { AllowRoles, CurrentCaller } from '@kakunin/callers';
import type { Caller } from '@kakunin/relying-parties';
import { CLOCK } from '@kakunin/runtime';
import { Body, Controller, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse } from '@nestjs/swagger';
import { z } from 'zod';
import { isVisibleTo } from '../visibility.ts';
import { endSchema, entryIdSchema, newWaiverSchema, waiverSchema } from './convert.ts';
import { PriceStore } from './price-store.ts';

@Controller('waivers')
export class WaiversController {
  constructor(
    @Inject(PriceStore) private readonly prices: PriceStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** A customer sees what is for everybody and for itself. */
  @Get()
  @AllowRoles('finance', 'operator', 'platform_provider')
  @ApiOkResponse({ standardSchema: z.array(waiverSchema) })
  async list(@CurrentCaller() caller: Caller): Promise<readonly Waiver[]> {
    const { waivers } = await this.prices.read();
    return waivers.filter((entry) => isVisibleTo(caller, entry));
  }

  @Post()
  @AllowRoles('finance')
  @ApiCreatedResponse({ standardSchema: waiverSchema })
  async add(
    @Body({ schema: newWaiverSchema }) body: z.infer<typeof newWaiverSchema>,
    @CurrentCaller() caller: Caller,
  ): Promise<Waiver> {
    const at = this.clock.now();
    const waiver = { ...body, recordedAt: at };
    await this.prices.addWaiver(waiver, { caller: caller.code, at });
    return waiver;
  }

  @Post(':id/end')
  @HttpCode(200)
  @AllowRoles('finance')
  @ApiOkResponse({ standardSchema: waiverSchema })
  end(
    @Param('id', { schema: entryIdSchema }) id: string,
    @Body({ schema: endSchema }) { validTo }: z.infer<typeof endSchema>,
    @CurrentCaller() caller: Caller,
  ): Promise<Waiver> {
    return this.prices.endWaiver({ id, validTo }, { caller: caller.code, at: this.clock.now() });
  }
}
