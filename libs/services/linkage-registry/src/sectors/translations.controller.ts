import { CurrentCaller } from '@kakunin/callers';
import { type Caller, relyingPartyCodeSchema } from '@kakunin/relying-parties';
import { Body, Controller, HttpCode, Inject, Post } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import { z } from 'zod';
import { AllowCall } from '../calls/allow-call.ts';
import { certificateTextSchema, readCertificateText } from '../certificate-text.ts';
import type { GivenPpids } from './opened-sectors.ts';
import { type IssuedTranslation, Translations } from './translations.ts';

const requestSchema = z.strictObject({
  serviceProvider: relyingPartyCodeSchema.describe('Who introduces the person.'),
  to: relyingPartyCodeSchema.describe('To whom; the one service provider that may redeem the token.'),
  certificate: certificateTextSchema,
  challengeId: z.uuid(),
  signature: z.base64().max(2_000).describe('Over the message of a challenge for the use `translation to <code>`.'),
});
const tokenSchema = z.object({ token: z.string(), expiresAt: z.int().describe('epoch milliseconds') });
const redemptionSchema = z.strictObject({
  serviceProvider: relyingPartyCodeSchema,
  token: z.string().regex(/^[\w-]{43}$/),
});
const namedSchema = z.object({ ppid: z.string(), previousPpid: z.string().optional() });

/** From one service provider to another, in the person's own browser: a token that tells nothing of either name. */
@Controller('sectors/translations')
export class TranslationsController {
  constructor(@Inject(Translations) private readonly translations: Translations) {}

  @Post()
  @HttpCode(200)
  @AllowCall('issue_translation')
  @ApiOkResponse({ standardSchema: tokenSchema })
  issue(
    @CurrentCaller() caller: Caller,
    @Body({ schema: requestSchema }) body: z.output<typeof requestSchema>,
  ): Promise<IssuedTranslation> {
    return this.translations.issue({
      ...body,
      platformProvider: caller.code,
      certificate: readCertificateText(body.certificate),
      signature: Buffer.from(body.signature, 'base64'),
    });
  }

  @Post('redemptions')
  @HttpCode(200)
  @AllowCall('redeem_translation')
  @ApiOkResponse({ standardSchema: namedSchema })
  redeem(
    @CurrentCaller() caller: Caller,
    @Body({ schema: redemptionSchema }) body: z.output<typeof redemptionSchema>,
  ): Promise<GivenPpids> {
    return this.translations.redeem(caller.code, body);
  }
}
