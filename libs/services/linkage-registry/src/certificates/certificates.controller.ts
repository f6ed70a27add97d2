import {
  authoritySchema,
  type CertificateRecord,
  type CertificateStatus,
  certificateStatusSchema,
  release,
  revoke,
  serialNumberSchema,
} from '@kakunin/certificates';
import type { X509Error } from '@kakunin/x509';
import { Body, Controller, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import { z } from 'zod';
import { AllowCall } from '../calls/allow-call.ts';
import { CertificateRegistry } from './certificate-registry.ts';
import type { RegistrationOutcome } from './certificate-work.ts';
import { instantSchema, type Issuance, issuanceSchema, readIssuance, recordOf } from './issuance.ts';

const authorityIdSchema = authoritySchema.shape.authorityId;

const revocationSchema = z.strictObject({
  serialNumber: serialNumberSchema,
  reason: certificateStatusSchema.options[1].shape.reason.exclude(['certificateHold']),
  revocationDate: instantSchema.optional(),
  invalidityDate: instantSchema.optional(),
});

const outcomeSchema = z.object({ outcome: z.enum(['imported', 'unchanged']) });
const MOST_IN_A_BATCH = 1_000;
const batchSchema = z.strictObject({ certificates: z.array(issuanceSchema).min(1).max(MOST_IN_A_BATCH) });
const batchOutcomeSchema = z.object({
  outcomes: z
    .array(z.union([outcomeSchema, z.object({ outcome: z.literal('rejected'), code: z.string(), reason: z.string() })]))
    .describe('One for each certificate, in their order.'),
});
const serialSchema = z.strictObject({ serialNumber: serialNumberSchema });

const hold = (current: CertificateStatus, now: number): CertificateStatus =>
  revoke(current, { reason: 'certificateHold' }, now);
const unchanged = (current: CertificateStatus): CertificateStatus => current;

/** What a CA tells of its certificates. Serial numbers are in bodies only: a URL lands in logs. */
@Controller('authorities/:authorityId')
@AllowCall('change_certificate_status')
export class CertificatesController {
  constructor(@Inject(CertificateRegistry) private readonly registry: CertificateRegistry) {}

  @Post('certificates')
  @AllowCall('register_certificates')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: outcomeSchema })
  async register(
    @Param('authorityId', { schema: authorityIdSchema }) authorityId: string,
    @Body({ schema: issuanceSchema }) body: Issuance,
  ): Promise<z.output<typeof outcomeSchema>> {
    const [outcome] = await this.registry.register(authorityId, [recordOf(body)]);
    if (typeof outcome !== 'string') throw outcome;
    return { outcome };
  }

  /** Many in one transaction; those that are refused leave the others alone. */
  @Post('certificates/batch')
  @AllowCall('register_certificates')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: batchOutcomeSchema })
  async registerBatch(
    @Param('authorityId', { schema: authorityIdSchema }) authorityId: string,
    @Body({ schema: batchSchema }) { certificates }: z.output<typeof batchSchema>,
  ): Promise<z.output<typeof batchOutcomeSchema>> {
    const read = certificates.map(readIssuance);
    const records = read.filter((each): each is CertificateRecord => !(each instanceof Error));
    const registered = (await this.registry.register(authorityId, records)).values();
    return { outcomes: read.map((each) => outcomeOf(each instanceof Error ? each : registered.next().value!)) };
  }

  @Post('revocations')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: certificateStatusSchema })
  revoke(
    @Param('authorityId', { schema: authorityIdSchema }) authorityId: string,
    @Body({ schema: revocationSchema }) { serialNumber, ...revocation }: z.output<typeof revocationSchema>,
  ): Promise<CertificateStatus> {
    const change = (current: CertificateStatus, now: number) => revoke(current, revocation, now);
    return this.registry.changeStatus({ authorityId, serialNumber, change });
  }

  @Post('holds')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: certificateStatusSchema })
  hold(
    @Param('authorityId', { schema: authorityIdSchema }) authorityId: string,
    @Body({ schema: serialSchema }) { serialNumber }: z.output<typeof serialSchema>,
  ): Promise<CertificateStatus> {
    return this.registry.changeStatus({ authorityId, serialNumber, change: hold });
  }

  @Post('releases')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: certificateStatusSchema })
  release(
    @Param('authorityId', { schema: authorityIdSchema }) authorityId: string,
    @Body({ schema: serialSchema }) { serialNumber }: z.output<typeof serialSchema>,
  ): Promise<CertificateStatus> {
    return this.registry.changeStatus({ authorityId, serialNumber, change: release });
  }

  /** Changes nothing: tells all followers again what stands in the registry (runbook authority-blocked). */
  @Post('restatements')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: certificateStatusSchema })
  restate(
    @Param('authorityId', { schema: authorityIdSchema }) authorityId: string,
    @Body({ schema: serialSchema }) { serialNumber }: z.output<typeof serialSchema>,
  ): Promise<CertificateStatus> {
    return this.registry.changeStatus({ authorityId, serialNumber, change: unchanged, restated: true });
  }
}

type BatchOutcome = z.output<typeof batchOutcomeSchema>['outcomes'][number];

const outcomeOf = (outcome: RegistrationOutcome | X509Error): BatchOutcome =>
  typeof outcome === 'string' ? { outcome } : { outcome: 'rejected', code: outcome.code, reason: outcome.message };
