import { CurrentCaller } from '@kakunin/callers';
import type { Caller } from '@kakunin/relying-parties';
import { Body, Controller, HttpCode, Inject, Post } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import { z } from 'zod';
import { AllowCall } from '../calls/allow-call.ts';
import { certificateTextSchema, readCertificateText } from '../certificate-text.ts';
import { DEFAULT_PURPOSE, purposeSchema } from './identification-policy.ts';
import { identificationSchema } from './identifications.controller.ts';
import { Identifications } from './identifications.ts';

const requestSchema = z.strictObject({
  certificate: certificateTextSchema,
  purpose: purposeSchema.default(DEFAULT_PURPOSE),
  challengeId: z.uuid(),
  signature: z
    .base64()
    .max(2_000)
    .describe('Over the message of the challenge, by the key of the certificate; base64.'),
});
const disclosureSchema = identificationSchema.extend({
  authorityId: z.string(),
  serialNumber: z.string().describe('Hexadecimal: of the certificate whose holder signed.'),
});

/**
 * Binds a serial number to the name of a person, for a service provider that the law lets have it (docs/reference/roles.md).
 * Closed until the operator opens it; for the holder's own certificate only, against his signature.
 */
@Controller('serial-disclosures')
@AllowCall('receive_serial_number')
export class SerialDisclosuresController {
  constructor(@Inject(Identifications) private readonly identifications: Identifications) {}

  @Post()
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: disclosureSchema })
  async disclose(
    @CurrentCaller() { code }: Caller,
    @Body({ schema: requestSchema }) body: z.output<typeof requestSchema>,
  ): Promise<z.output<typeof disclosureSchema>> {
    const certificate = readCertificateText(body.certificate);
    const { identification, authorityId } = await this.identifications.identifyBy({
      platformProvider: code,
      serviceProvider: code,
      certificate,
      purpose: body.purpose,
      action: 'serial_disclosure',
      proof: {
        kind: 'possession',
        challengeId: body.challengeId,
        signature: Buffer.from(body.signature, 'base64'),
      },
    });
    return { ...identification, authorityId, serialNumber: certificate.serialNumber };
  }
}
