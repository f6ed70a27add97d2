import { CurrentCaller } from '@kakunin/callers';
import { CHALLENGE_USES, challengeMessage, CHECK_RANDOM_OCTETS } from '@kakunin/linkage';
import { type Caller, relyingPartyCodeSchema } from '@kakunin/relying-parties';
import { Body, Controller, HttpCode, Inject, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse } from '@nestjs/swagger';
import { z } from 'zod';
import { AllowCall } from '../calls/allow-call.ts';
import { certificateTextSchema, readCertificateText } from '../certificate-text.ts';
import { Challenges } from './challenges.ts';
import type { Identification, IdentificationRequest } from './identification.ts';
import { DEFAULT_PURPOSE, purposeSchema } from './identification-policy.ts';
import { Identifications } from './identifications.ts';

const challengeRequestSchema = z.strictObject({
  serviceProvider: relyingPartyCodeSchema,
  use: z
    .union([z.enum(CHALLENGE_USES), z.templateLiteral(['translation to ', relyingPartyCodeSchema])])
    .default('identification')
    .describe('What is to be signed for.'),
});

const challengeAnswerSchema = z.object({
  challengeId: z.uuid(),
  challenge: z.base64(),
  message: z.base64().describe('What is to be signed: use, challenge, platform provider and service provider.'),
  expiresAt: z.int().describe('epoch milliseconds'),
});

const checkSchema = z.strictObject({
  random: z
    .base64()
    .refine((text) => Buffer.from(text, 'base64').length === CHECK_RANDOM_OCTETS, `${CHECK_RANDOM_OCTETS} octets.`)
    .describe('What the nonce of the OCSP request was made of (`checkNonce`): 32 octets.'),
  ocspResponse: z.base64().max(20_000).describe('DER of the answer.'),
});

const identificationRequestSchema = z
  .strictObject({
    serviceProvider: relyingPartyCodeSchema,
    certificate: certificateTextSchema,
    purpose: purposeSchema.default(DEFAULT_PURPOSE),
    challengeId: z.uuid().optional(),
    signature: z
      .base64()
      .max(2_000)
      .optional()
      .describe('Over the message of the challenge, by the key of the certificate; base64.'),
    check: checkSchema.optional().describe('In place of challenge and signature, where the policy takes it.'),
  })
  .refine(
    ({ challengeId, signature, check }) => [challengeId, signature].every((each) => (each === undefined) === !!check),
    {
      message: 'Send challengeId and signature, or check.',
    },
  );

export const identificationSchema = z.object({
  ppid: z.string().describe('The person, in the name that only this service provider sees.'),
  previousPpid: z.string().optional().describe("While the sector's key is changed: the name before."),
  status: z.enum(['good', 'revoked', 'held', 'usable', 'not_usable']).describe('In the words that the policy allows.'),
  since: z
    .int()
    .optional()
    .describe('Since when the status holds: the beginning of that day in Japan, epoch milliseconds.'),
  succeeded: z
    .boolean()
    .describe('The service provider knows the person, and by other certificates than this one: it has changed.'),
  evidence: z.string().describe('What was said, signed by the registry (JWS, EdDSA); `GET /signing-keys` verifies it.'),
});

/** A platform provider asks, for a service provider that stands behind it; or a notified service provider, for itself. */
@Controller()
export class IdentificationsController {
  constructor(
    @Inject(Challenges) private readonly challenges: Challenges,
    @Inject(Identifications) private readonly identifications: Identifications,
  ) {}

  @Post('challenges')
  @AllowCall('request_challenge')
  @ApiCreatedResponse({ standardSchema: challengeAnswerSchema })
  async challenge(
    @CurrentCaller() caller: Caller,
    @Body({ schema: challengeRequestSchema }) { serviceProvider, use }: z.output<typeof challengeRequestSchema>,
  ): Promise<z.output<typeof challengeAnswerSchema>> {
    const made = await this.challenges.make(caller.code, serviceProvider);
    return {
      challengeId: made.challengeId,
      challenge: Buffer.from(made.challenge).toString('base64'),
      message: Buffer.from(challengeMessage(use, made)).toString('base64'),
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
      certificate: readCertificateText(body.certificate),
      purpose: body.purpose,
      action: 'identification',
      proof: proofOf(body),
    });
  }
}

function proofOf({ challengeId, signature, check }: z.output<typeof identificationRequestSchema>) {
  if (!check) {
    const octets = Buffer.from(signature ?? '', 'base64');
    return { kind: 'possession', challengeId: challengeId ?? '', signature: octets } as const;
  }
  const { random, ocspResponse } = check;
  const proof: IdentificationRequest['proof'] = {
    kind: 'check',
    random: Buffer.from(random, 'base64'),
    ocspResponse: Buffer.from(ocspResponse, 'base64'),
  };
  return proof;
}
