import { auditEntrySchema } from '@kakunin/audit';
import { CurrentCaller } from '@kakunin/callers';
import { type Caller, relyingPartyCodeSchema } from '@kakunin/relying-parties';
import { Body, Controller, HttpCode, Inject, Post } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import { z } from 'zod';
import { AllowCall } from '../calls/allow-call.ts';
import { certificateTextSchema, readCertificateText } from '../certificate-text.ts';
import { type HolderView, HolderViews } from './holder-views.ts';

const requestSchema = z.strictObject({
  serviceProvider: relyingPartyCodeSchema.describe('Where the holder asks.'),
  certificate: certificateTextSchema,
  challengeId: z.uuid(),
  signature: z.base64().max(2_000).describe('Over the message of a challenge for the use `holder-view`; base64.'),
});
const viewSchema = z.object({
  entries: z.array(auditEntrySchema.omit({ holderTag: true })).describe('Who asked about the holder, newest first.'),
  more: z.boolean().describe('There are older entries than these.'),
});

/** A holder asks who asked about him, through whomever he shows his certificate to. */
@Controller('audit/holder-views')
@AllowCall('show_holder_view')
export class HolderViewsController {
  constructor(@Inject(HolderViews) private readonly views: HolderViews) {}

  @Post()
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: viewSchema })
  show(
    @CurrentCaller() caller: Caller,
    @Body({ schema: requestSchema }) body: z.output<typeof requestSchema>,
  ): Promise<HolderView> {
    return this.views.show({
      platformProvider: caller.code,
      serviceProvider: body.serviceProvider,
      certificate: readCertificateText(body.certificate),
      challengeId: body.challengeId,
      signature: Buffer.from(body.signature, 'base64'),
    });
  }
}
