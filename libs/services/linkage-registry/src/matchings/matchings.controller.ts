import { CurrentCaller } from '@kakunin/callers';
import { type Caller, relyingPartyCodeSchema } from '@kakunin/relying-parties';
import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse } from '@nestjs/swagger';
import { z } from 'zod';
import { AllowCall } from '../calls/allow-call.ts';
import type { Matching } from './matching.ts';
import { Matchings } from './matchings.ts';
import { VOPRF_SUITE } from './voprf.ts';

const matchingIdSchema = z.uuid();
const MOST_INPUTS = 1_000_000;
const LONGEST_DAYS = 30;

const proposalSchema = z.strictObject({
  serviceProvider: relyingPartyCodeSchema.describe('Who proposes.'),
  partner: relyingPartyCodeSchema,
  purpose: z
    .string()
    .regex(/^[a-z0-9][a-z0-9_-]{0,63}$/)
    .describe('Why, in a word; the audit log has it.'),
  mostInputs: z.int().min(1).max(MOST_INPUTS).describe('How many inputs each of the two may have evaluated.'),
  days: z.int().min(1).max(LONGEST_DAYS).default(7).describe('After that the key is destroyed.'),
});
const partySchema = z.strictObject({ serviceProvider: relyingPartyCodeSchema });
const evaluationRequestSchema = partySchema.extend({
  blinded: z.base64().max(5_000).describe('Count (2 octets, big-endian) and elements; at most 100; base64.'),
});
const evaluationSchema = z.object({
  evaluation: z.base64().describe('Evaluated elements and the proof (DLEQ) of RFC 9497; base64.'),
});
const matchingSchema = z.object({
  matchingId: matchingIdSchema,
  proposer: relyingPartyCodeSchema,
  partner: relyingPartyCodeSchema,
  purpose: z.string(),
  mostInputs: z.int(),
  state: z.enum(['proposed', 'open', 'ended']),
  proposedAt: z.int().describe('epoch milliseconds'),
  expiresAt: z.int().describe('epoch milliseconds'),
  suite: z.literal(VOPRF_SUITE),
  publicKey: z.base64().exactOptional().describe('By which both verify what they are given; once it is open.'),
  proposerInputs: z.int(),
  partnerInputs: z.int(),
});

/** "Which persons do we share?", without handing over who they are. Closed until the operator opens `match_in_bulk`. */
@Controller('matchings')
@AllowCall('match_in_bulk')
export class MatchingsController {
  constructor(@Inject(Matchings) private readonly matchings: Matchings) {}

  @Post()
  @ApiCreatedResponse({ standardSchema: matchingSchema })
  async propose(
    @CurrentCaller() { code: caller }: Caller,
    @Body({ schema: proposalSchema }) { serviceProvider: proposer, ...proposal }: z.output<typeof proposalSchema>,
  ): Promise<z.output<typeof matchingSchema>> {
    return shown(await this.matchings.propose({ caller, proposer, ...proposal }));
  }

  @Get()
  @ApiOkResponse({ standardSchema: z.array(matchingSchema) })
  async list(
    @CurrentCaller() { code }: Caller,
    @Query({ schema: partySchema }) { serviceProvider }: z.output<typeof partySchema>,
  ): Promise<z.output<typeof matchingSchema>[]> {
    return (await this.matchings.list(code, serviceProvider)).map(shown);
  }

  @Post(':matchingId/consents')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: matchingSchema })
  async consent(
    @CurrentCaller() { code: caller }: Caller,
    @Param('matchingId', { schema: matchingIdSchema }) matchingId: string,
    @Body({ schema: partySchema }) { serviceProvider }: z.output<typeof partySchema>,
  ): Promise<z.output<typeof matchingSchema>> {
    return shown(await this.matchings.consent({ caller, serviceProvider, matchingId }));
  }

  @Post(':matchingId/evaluations')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: evaluationSchema })
  async evaluate(
    @CurrentCaller() { code: caller }: Caller,
    @Param('matchingId', { schema: matchingIdSchema }) matchingId: string,
    @Body({ schema: evaluationRequestSchema })
    { serviceProvider, blinded }: z.output<typeof evaluationRequestSchema>,
  ): Promise<z.output<typeof evaluationSchema>> {
    const party = { caller, serviceProvider, matchingId };
    const evaluation = await this.matchings.evaluate(party, Buffer.from(blinded, 'base64'));
    return { evaluation: Buffer.from(evaluation).toString('base64') };
  }

  @Post(':matchingId/endings')
  @HttpCode(204)
  @ApiNoContentResponse()
  end(
    @CurrentCaller() { code: caller }: Caller,
    @Param('matchingId', { schema: matchingIdSchema }) matchingId: string,
    @Body({ schema: partySchema }) { serviceProvider }: z.output<typeof partySchema>,
  ): Promise<void> {
    return this.matchings.end({ caller, serviceProvider, matchingId });
  }
}

const shown = ({ publicKey, ...matching }: Matching): z.output<typeof matchingSchema> => ({
  ...matching,
  suite: VOPRF_SUITE,
  ...(publicKey && { publicKey: Buffer.from(publicKey).toString('base64') }),
});
