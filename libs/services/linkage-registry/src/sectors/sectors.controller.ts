import { CurrentCaller } from '@kakunin/callers';
import { type Caller, relyingPartyCodeSchema } from '@kakunin/relying-parties';
import { Body, Controller, Get, Header, HttpCode, Inject, Param, Post, Put, StreamableFile } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import { z } from 'zod';
import { AllowCall } from '../calls/allow-call.ts';
import { PpidMaps } from './ppid-maps.ts';
import { type ProposedMerge, SectorMerges } from './sector-merges.ts';
import type { SectorStep } from './sector.store.ts';
import { Sectors } from './sectors.ts';

const instant = z.int().nonnegative().describe('epoch milliseconds');
const line = z.string().regex(/^[^\p{Cc}\p{Cs}]{1,200}$/u, 'One line of 1 to 200 characters.');
const code = relyingPartyCodeSchema;

const rotationSchema = z.strictObject({
  from: instant.optional().describe('From when on the new names are the names; absent: now.'),
  windowEndsAt: instant.describe('Until when the old names are given as well.'),
});
const approvalSchema = z.strictObject({
  approvedBy: line.describe('Who approved it.'),
  approval: line.describe('By which document.'),
});
const consentKeySchema = z.strictObject({
  verifierKey: z.string().max(200).describe('C2SP vkey, named by the code of the service provider.'),
});
const proposalSchema = z.strictObject({
  survivor: code,
  absorbed: code,
  effectiveFrom: instant,
  windowEndsAt: instant.describe('Until when the absorbed is given its old names as well.'),
  consentUntil: instant,
});
const consentSchema = z.strictObject({
  serviceProvider: code,
  consent: z.base64().max(4_000).describe('C2SP signed-note of exactly this proposal.'),
});
const stepSchema = z.object({
  serviceProvider: z.string(),
  step: z.int(),
  sector: z.string(),
  version: z.int(),
  currentFrom: instant,
  givenUntil: instant.optional(),
  destroyed: z.boolean().describe('The key is gone.'),
});
type StepSaid = z.output<typeof stepSchema>;
const mergeSchema = proposalSchema.extend({
  proposalId: z.uuid(),
  consented: z.array(z.string()),
  mergedAt: instant.optional(),
});

/** Sectors: who is given which names, by which keys. */
@Controller('sectors')
export class SectorsController {
  constructor(
    @Inject(Sectors) private readonly sectors: Sectors,
    @Inject(SectorMerges) private readonly merges: SectorMerges,
    @Inject(PpidMaps) private readonly maps: PpidMaps,
  ) {}

  @Get(':sector')
  @AllowCall('rotate_sector_key')
  @ApiOkResponse({ standardSchema: z.array(stepSchema) })
  async read(@Param('sector', { schema: code }) sector: string): Promise<readonly StepSaid[]> {
    return (await this.sectors.steps(sector)).map(said);
  }

  @Post(':sector/rotations')
  @HttpCode(200)
  @AllowCall('rotate_sector_key')
  @ApiOkResponse({ standardSchema: z.array(stepSchema) })
  async rotate(
    @CurrentCaller() caller: Caller,
    @Param('sector', { schema: code }) sector: string,
    @Body({ schema: rotationSchema }) body: z.output<typeof rotationSchema>,
  ): Promise<readonly StepSaid[]> {
    return (await this.sectors.rotate(caller.code, { sector, ...body })).map(said);
  }

  @Post(':sector/destructions')
  @HttpCode(200)
  @AllowCall('rotate_sector_key')
  @ApiOkResponse({ standardSchema: z.object({ destroyed: z.int() }) })
  destroy(@CurrentCaller() caller: Caller, @Param('sector', { schema: code }) sector: string) {
    return this.sectors.destroyOldKeys(caller.code, sector);
  }

  @Put(':sector/members/:serviceProvider')
  @AllowCall('administer_sectors')
  @ApiOkResponse({ standardSchema: z.array(stepSchema) })
  async approve(
    @CurrentCaller() caller: Caller,
    @Param('sector', { schema: code }) sector: string,
    @Param('serviceProvider', { schema: code }) serviceProvider: string,
    @Body({ schema: approvalSchema }) body: z.output<typeof approvalSchema>,
  ): Promise<readonly StepSaid[]> {
    return (await this.sectors.approve(caller.code, { sector, serviceProvider, ...body })).map(said);
  }

  @Put('consent-keys/:serviceProvider')
  @AllowCall('administer_sectors')
  putConsentKey(
    @CurrentCaller() caller: Caller,
    @Param('serviceProvider', { schema: code }) serviceProvider: string,
    @Body({ schema: consentKeySchema }) { verifierKey }: z.output<typeof consentKeySchema>,
  ): Promise<void> {
    return this.merges.putConsentKey(caller.code, serviceProvider, verifierKey);
  }

  @Put('merges/:proposalId')
  @AllowCall('administer_sectors')
  @ApiOkResponse({ standardSchema: mergeSchema })
  propose(
    @Param('proposalId', { schema: z.uuid() }) proposalId: string,
    @Body({ schema: proposalSchema }) body: z.output<typeof proposalSchema>,
  ): Promise<ProposedMerge> {
    return this.merges.propose({ proposalId, ...body });
  }

  @Get('merges/:proposalId')
  @AllowCall('consent_to_sector_merge')
  @ApiOkResponse({ standardSchema: mergeSchema })
  proposal(
    @CurrentCaller() caller: Caller,
    @Param('proposalId', { schema: z.uuid() }) proposalId: string,
  ): Promise<ProposedMerge> {
    return this.merges.read(caller.code, proposalId);
  }

  @Post('merges/:proposalId/consents')
  @HttpCode(200)
  @AllowCall('consent_to_sector_merge')
  @ApiOkResponse({ standardSchema: mergeSchema })
  consent(
    @CurrentCaller() caller: Caller,
    @Param('proposalId', { schema: z.uuid() }) proposalId: string,
    @Body({ schema: consentSchema }) { serviceProvider, consent }: z.output<typeof consentSchema>,
  ): Promise<ProposedMerge> {
    return this.merges.consent(caller.code, { proposalId, serviceProvider, consent: Buffer.from(consent, 'base64') });
  }

  /** `old,new` a line, in the order of the old names; an empty line; the note that vouches for them. */
  @Get('maps/:serviceProvider')
  @AllowCall('read_ppid_map')
  @Header('cache-control', 'no-store')
  @ApiOkResponse({ content: { 'text/plain': { schema: { type: 'string' } } } })
  async map(
    @CurrentCaller() caller: Caller,
    @Param('serviceProvider', { schema: code }) serviceProvider: string,
  ): Promise<StreamableFile> {
    return new StreamableFile(await this.maps.open(caller.code, serviceProvider), { type: 'text/plain' });
  }
}

const said = ({ sealed, ...step }: SectorStep): StepSaid => ({ ...step, destroyed: sealed === undefined });
