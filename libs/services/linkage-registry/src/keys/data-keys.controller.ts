import { Body, Controller, Get, HttpCode, Inject, Post } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import { z } from 'zod';
import { AllowCall } from '../calls/allow-call.ts';
import { KEY_PURPOSES } from './data-keys.ts';
import { type DataKeyState, DataKeysAdministration } from './data-keys-administration.ts';
import type { Resealed } from './resealing.ts';
import { SEALED_COLUMNS } from './sealed-columns.ts';

const instant = z.int().nonnegative().describe('epoch milliseconds');
const dataKeySchema = z.object({
  dataKeyId: z.int(),
  purpose: z.enum(KEY_PURPOSES),
  createdAt: instant,
  retiredAt: instant.optional().describe('It seals no more.'),
  destroyedAt: instant.optional(),
  rootKeyIds: z.array(z.string()).describe('Under which root keys it is wrapped.'),
});
const placeSchema = z.strictObject({
  column: z
    .int()
    .min(0)
    .max(SEALED_COLUMNS.length - 1),
  page: z.int().min(0).max(4_294_967_000),
});
const resealingSchema = z.strictObject({ place: placeSchema.optional().describe('`next` of the answer before.') });
const resealedSchema = z.object({
  resealed: z.int(),
  done: z.int().describe('Pages, of all.'),
  pages: z.int(),
  next: placeSchema.optional().describe('Absent when it is through.'),
});
const destructionSchema = z.strictObject({ dataKeyId: z.int().positive() });

/** The keys under which persons, sectors and whatever else is secret are sealed. */
@Controller('data-keys')
@AllowCall('administer_keys')
export class DataKeysController {
  constructor(@Inject(DataKeysAdministration) private readonly keys: DataKeysAdministration) {}

  @Get()
  @ApiOkResponse({ standardSchema: z.array(dataKeySchema) })
  list(): Promise<readonly DataKeyState[]> {
    return this.keys.all();
  }

  @Post('rotations')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: z.object({ dataKeyId: z.int() }) })
  rotate(): Promise<{ readonly dataKeyId: number }> {
    return this.keys.rotate();
  }

  @Post('resealings')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: resealedSchema })
  reseal(@Body({ schema: resealingSchema }) { place }: z.output<typeof resealingSchema>): Promise<Resealed> {
    return this.keys.reseal(place);
  }

  @Post('destructions')
  @HttpCode(200)
  destroy(@Body({ schema: destructionSchema }) { dataKeyId }: z.output<typeof destructionSchema>): Promise<void> {
    return this.keys.destroy(dataKeyId);
  }

  @Post('root-key-retirements')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: z.object({ removed: z.int() }) })
  retireRootKeys(): Promise<{ readonly removed: number }> {
    return this.keys.retireRootKeys();
  }
}
