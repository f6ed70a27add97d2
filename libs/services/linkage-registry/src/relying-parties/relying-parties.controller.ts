import { createHash } from 'node:crypto';
import { fingerprintSchema } from '@kakunin/certificates';
import {
  type RelyingParty,
  relyingPartyCodeSchema,
  relyingPartySchema,
  SERVICE_PROVIDER_ROLES,
} from '@kakunin/relying-parties';
import { Body, Controller, Get, HttpCode, Inject, Param, Post, Put } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import { z } from 'zod';
import { AllowCall } from '../calls/allow-call.ts';
import { certificateTextSchema, readCertificateText } from '../certificate-text.ts';
import { RelyingParties } from './relying-parties.ts';

/** `operator` is whom the configuration lets in before anybody is registered: an entry of that code would lock that one out. */
const registeredCodeSchema = relyingPartyCodeSchema.refine((code) => code !== 'operator', {
  message: 'The code operator is reserved.',
});

const registrationSchema = relyingPartySchema
  .omit({ code: true, credentials: true })
  // PostgreSQL takes neither U+0000 nor half a surrogate pair, and statements print names in one line.
  .extend({ name: z.string().regex(/^[^\p{Cc}\p{Cs}]{1,200}$/u, 'One line of 1 to 200 characters.') })
  .strict()
  .refine(({ kind, platformProvider }) => (kind === 'service_provider') === (platformProvider !== undefined), {
    message: 'A service provider stands behind a platformProvider; nobody else names one.',
  })
  .refine(
    ({ kind, roles }) => roles.every((role) => SERVICE_PROVIDER_ROLES.includes(role) === (kind === 'service_provider')),
    { message: `A service provider can hold ${SERVICE_PROVIDER_ROLES.join(' and ')}, and nobody else can.` },
  );

const credentialSchema = z.strictObject({ certificate: certificateTextSchema });
const withdrawalSchema = z.strictObject({ fingerprint: fingerprintSchema });

/** Who may ask: registered by the operator, known to every service through `relying-party-events`. */
@Controller('relying-parties')
@AllowCall('administer_relying_parties')
export class RelyingPartiesController {
  constructor(@Inject(RelyingParties) private readonly parties: RelyingParties) {}

  @Get()
  @ApiOkResponse({ standardSchema: z.array(relyingPartySchema) })
  list(): Promise<readonly RelyingParty[]> {
    return this.parties.all();
  }

  @Put(':code')
  @ApiOkResponse({ standardSchema: relyingPartySchema })
  put(
    @Param('code', { schema: registeredCodeSchema }) code: string,
    @Body({ schema: registrationSchema }) body: z.output<typeof registrationSchema>,
  ): Promise<RelyingParty> {
    return this.parties.put({ code, ...body });
  }

  @Post(':code/credentials')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: relyingPartySchema })
  addCredential(
    @Param('code', { schema: relyingPartyCodeSchema }) code: string,
    @Body({ schema: credentialSchema }) { certificate }: z.output<typeof credentialSchema>,
  ): Promise<RelyingParty> {
    const { der, notBefore, notAfter } = readCertificateText(certificate);
    const fingerprint = createHash('sha256').update(der).digest('hex');
    return this.parties.addCredential(code, { fingerprint, notBefore, notAfter });
  }

  @Post(':code/credentials/revocations')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: relyingPartySchema })
  revokeCredential(
    @Param('code', { schema: relyingPartyCodeSchema }) code: string,
    @Body({ schema: withdrawalSchema }) { fingerprint }: z.output<typeof withdrawalSchema>,
  ): Promise<RelyingParty> {
    return this.parties.revokeCredential(code, fingerprint);
  }
}
