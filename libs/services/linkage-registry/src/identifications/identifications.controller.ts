import { CurrentCaller } from '@kakunin/callers';
import { identificationMessage } from '@kakunin/linkage';
import { type Caller, relyingPartyCodeSchema } from '@kakunin/relying-parties';
import { Body, Controller, HttpCode, Inject, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse } from '@nestjs/swagger';
import { z } from 'zod';
import { AllowCall } from '../calls/allow-call.ts';
import { certificateTextSchema, readCertificateText } from '../certificate-text.ts';
import { type Identification, Identifications } from './identifications.ts';

const challengeRequestSchema = z.strictObject({ serviceProvider: relyingPartyCodeSchema });

const identificationRequestSchema = z.strictObject({
  serviceProvider: relyingPartyCodeSchema,
  certificate: certificateTextSchema,
  challengeId: z.uuid(),
  signature: z
    .base64()
    .max(2_000)
    .describe('Over the message of the challenge, by the key of the certificate; base64.'),
});

const identificationSchema = z.object({
  ppid: z.string().describe('The person, in the name that only this service provider sees.'),
  status: z.enum(['good', 'revoked', 'held']),
  since: z.int().describe('Since when the status holds, epoch milliseconds.'),
  succeeded: z.boolean().describe('A newer certificate has taken the place of this one.'),
});

const challengeAnswerSchema = z.object({
  challengeId: z.uuid(),
  challenge: z.base64(),
  message: z.base64().describe('What is to be signed: the challenge, bound to platform provider and service provider.'),
  expiresAt: z.int().describe('epoch milliseconds'),
});

/** A platform provider asks, for a service provider that stands behind it. */
@Controller()
export class IdentificationsController {
  constructor(@Inject(Identifications) private readonly identifications: Identifications) {}

  @Post('challenges')
  @AllowCall('request_challenge')
  @ApiCreatedResponse({ standardSchema: challengeAnswerSchema })
  async challenge(
    @CurrentCaller() caller: Caller,
    @Body({ schema: challengeRequestSchema }) { serviceProvider }: z.output<typeof challengeRequestSchema>,
  ): Promise<z.output<typeof challengeAnswerSchema>> {
    const made = await this.identifications.challenge(caller.code, serviceProvider);
    return {
      challengeId: made.challengeId,
      challenge: Buffer.from(made.challenge).toString('base64'),
      message: Buffer.from(identificationMessage(made)).toString('base64'),
      expiresAt: made.expiresAt,
    };
  }

  @Post('identifications')
  @AllowCall('identify')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: identificationSchema })
  identify(
    @CurrentCaller() caller: Caller,
    @Body({ schema: identificationRequestSchema }) body: z.output<typeof identificationRequestSchema>,
  ): Promise<Identification> {
    return this.identifications.identify({
      platformProvider: caller.code,
      serviceProvider: body.serviceProvider,
      challengeId: body.challengeId,
      certificate: readCertificateText(body.certificate),
      signature: Buffer.from(body.signature, 'base64'),
    });
  }
}
