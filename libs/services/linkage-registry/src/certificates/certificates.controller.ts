import { createHash } from 'node:crypto';
import {
  authoritySchema,
  carrierSchema,
  type CertificateRecord,
  CertificatesError,
  type CertificateStatus,
  certificateStatusSchema,
  fingerprintSchema,
  holderSchema,
  partitionSchema,
  predecessorSchema,
  release,
  revoke,
  serialNumberSchema,
  wholeSecond,
} from '@kakunin/certificates';
import { Body, Controller, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import { z } from 'zod';
import { AllowCall } from '../calls/allow-call.ts';
import { certificateTextSchema, readCertificateText } from '../certificate-text.ts';
import { CertificateRegistry } from './certificate-registry.ts';

/** 9999-12-31T23:59:59Z, the last instant of X.509 (RFC 5280, 4.1.2.5). */
const LAST_INSTANT = 253_402_300_799_000;
const instantSchema = z
  .int()
  .nonnegative()
  .transform(wholeSecond)
  .refine((instant) => instant <= LAST_INSTANT, 'Certificates know no instant after the year 9999.')
  .describe('epoch milliseconds');
const authorityIdSchema = authoritySchema.shape.authorityId;

const issuanceSchema = z.strictObject({
  serialNumber: serialNumberSchema,
  notAfter: instantSchema,
  carrier: carrierSchema,
  holder: holderSchema.optional().describe("The CA's handle for the person; persons are known by it from then on."),
  predecessor: predecessorSchema.optional().describe('The certificate that this one takes the place of.'),
  fingerprint: fingerprintSchema.optional().describe('SHA-256 of the DER, hex; or send the certificate.'),
  certificate: certificateTextSchema.optional(),
  partition: partitionSchema
    .optional()
    .describe('Which part of the CRL lists it, for ever; an authority with partitions needs it.'),
});
type Issuance = z.output<typeof issuanceSchema>;

const revocationSchema = z.strictObject({
  serialNumber: serialNumberSchema,
  reason: certificateStatusSchema.options[1].shape.reason.exclude(['certificateHold']),
  revocationDate: instantSchema.optional(),
  invalidityDate: instantSchema.optional(),
});

const outcomeSchema = z.object({ outcome: z.enum(['imported', 'unchanged']) });
const serialSchema = z.strictObject({ serialNumber: serialNumberSchema });

const hold = (current: CertificateStatus, now: number): CertificateStatus =>
  revoke(current, { reason: 'certificateHold' }, now);

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
    return this.registry.restate({ authorityId, serialNumber });
  }
}

/** @throws X509Error when the certificate is malformed; CertificatesError `certificate_differs` when it is another one */
function recordOf({ certificate, fingerprint: stated, ...issuance }: Issuance): CertificateRecord {
  const { serialNumber, notAfter, carrier, holder, predecessor, partition } = issuance;
  const fingerprint = certificate === undefined ? stated : fingerprintOf(certificate, issuance);
  return {
    serialNumber,
    notAfter,
    carrier,
    ...(holder !== undefined && { holder }),
    ...(predecessor !== undefined && { predecessor }),
    ...(fingerprint !== undefined && { fingerprint }),
    ...(partition !== undefined && { partition }),
  };
}

function fingerprintOf(text: string, { serialNumber, notAfter }: Pick<Issuance, 'serialNumber' | 'notAfter'>): string {
  const certificate = readCertificateText(text);
  if (certificate.serialNumber !== serialNumber || certificate.notAfter !== notAfter) {
    throw new CertificatesError(
      'certificate_differs',
      'The certificate has another serial number or end of validity than stated.',
    );
  }
  return createHash('sha256').update(certificate.der).digest('hex');
}
