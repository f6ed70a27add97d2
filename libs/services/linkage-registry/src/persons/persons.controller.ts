import { CurrentCaller } from '@kakunin/callers';
import type { Caller } from '@kakunin/relying-parties';
import { Body, Controller, HttpCode, Inject, Post } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import { z } from 'zod';
import { AllowCall } from '../calls/allow-call.ts';
import { certificateTextSchema } from '../certificate-text.ts';
import { type ErasureOutcome, Erasures } from './erasures.ts';
import { type ChangeOutcome, PersonChanges } from './person-changes.ts';
import { holderReferenceSchema, personReferenceSchema } from './person-reference.ts';

const request = {
  requestId: z.uuid().describe('Made by the caller: the same request again changes nothing.'),
  dryRun: z.boolean().default(false).describe('Tells how many would be told, and changes nothing.'),
};
const effectiveFrom = z
  .int()
  .nonnegative()
  .optional()
  .describe('From when on it is so, epoch milliseconds, not later than now; absent: from now on.');

const mergeSchema = z.strictObject({
  ...request,
  persons: z.tuple([personReferenceSchema, personReferenceSchema]),
  effectiveFrom,
});
const splitSchema = z.strictObject({
  ...request,
  person: personReferenceSchema,
  into: holderReferenceSchema.describe('Whose the certificates are: a handle that is known, or a new one.'),
  certificates: z.array(certificateTextSchema).min(1).max(20).describe('Those that go over, with what succeeds them.'),
  effectiveFrom,
});
const retractionSchema = z.strictObject({
  ...request,
  retracts: z.uuid().describe('Request id of the merge or split that was never so.'),
});
const erasureSchema = z.strictObject({ requestId: request.requestId, person: personReferenceSchema });

const toldSchema = z
  .record(z.string(), z.int())
  .describe('How many service providers are told, by what they are told. Not which.');
const changeOutcomeSchema = z.object({ outcome: z.enum(['recorded', 'unchanged', 'dry_run']), told: toldSchema });
const erasureOutcomeSchema = z.object({ outcome: z.enum(['erased', 'unchanged']), told: toldSchema });

/** Who is who, mended by the certificate authority after a mistake; and who is to be forgotten. */
@Controller('persons')
export class PersonsController {
  constructor(
    @Inject(PersonChanges) private readonly changes: PersonChanges,
    @Inject(Erasures) private readonly erasures: Erasures,
  ) {}

  @Post('merges')
  @HttpCode(200)
  @AllowCall('merge_or_split_persons')
  @ApiOkResponse({ standardSchema: changeOutcomeSchema })
  merge(
    @CurrentCaller() { code }: Caller,
    @Body({ schema: mergeSchema }) body: z.output<typeof mergeSchema>,
  ): Promise<ChangeOutcome> {
    return this.changes.merge(code, body);
  }

  @Post('splits')
  @HttpCode(200)
  @AllowCall('merge_or_split_persons')
  @ApiOkResponse({ standardSchema: changeOutcomeSchema })
  split(
    @CurrentCaller() { code }: Caller,
    @Body({ schema: splitSchema }) body: z.output<typeof splitSchema>,
  ): Promise<ChangeOutcome> {
    return this.changes.split(code, body);
  }

  @Post('retractions')
  @HttpCode(200)
  @AllowCall('merge_or_split_persons')
  @ApiOkResponse({ standardSchema: changeOutcomeSchema })
  retract(
    @CurrentCaller() { code }: Caller,
    @Body({ schema: retractionSchema }) body: z.output<typeof retractionSchema>,
  ): Promise<ChangeOutcome> {
    return this.changes.retract(code, body);
  }

  @Post('erasures')
  @HttpCode(200)
  @AllowCall('erase_person')
  @ApiOkResponse({ standardSchema: erasureOutcomeSchema })
  erase(
    @CurrentCaller() { code }: Caller,
    @Body({ schema: erasureSchema }) body: z.output<typeof erasureSchema>,
  ): Promise<ErasureOutcome> {
    return this.erasures.erase(code, body);
  }
}
