import { relyingPartyCodeSchema } from '@kakunin/relying-parties';
import { Body, Controller, Get, HttpCode, Inject, Post } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import { z } from 'zod';
import { AllowCall } from '../calls/allow-call.ts';
import { RegistryError } from '../registry-error.ts';
import type { CallersBlock } from './probing-block.store.ts';
import { ProbingBlocks } from './probing-blocks.ts';

const blockSchema = z.object({
  caller: relyingPartyCodeSchema,
  reason: z.enum(['probing', 'honey']).describe('`honey`: it named a certificate that nobody holds.'),
  blockedAt: z.int().describe('epoch milliseconds'),
  until: z.int().optional().describe('When it ends by itself, epoch milliseconds; absent: when it is lifted.'),
  times: z.int().describe('How often the caller was blocked, each soon after the other.'),
});
const liftSchema = z.strictObject({ caller: relyingPartyCodeSchema });

/** Callers that are refused for a time, or until somebody has looked into it (runbook caller-blocked). */
@Controller('probing-blocks')
@AllowCall('lift_probing_block')
export class ProbingBlocksController {
  constructor(@Inject(ProbingBlocks) private readonly blocks: ProbingBlocks) {}

  @Get()
  @ApiOkResponse({ standardSchema: z.array(blockSchema) })
  list(): Promise<readonly CallersBlock[]> {
    return this.blocks.all();
  }

  @Post('lifts')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: liftSchema })
  async lift(@Body({ schema: liftSchema }) { caller }: z.output<typeof liftSchema>): Promise<{ caller: string }> {
    if (await this.blocks.lift(caller)) return { caller };
    throw new RegistryError('block_unknown', `${caller} is not blocked.`);
  }
}
