import { createHash } from 'node:crypto';
import { jstStartOfDay } from '@kakunin/calendar';
import { CurrentCaller } from '@kakunin/callers';
import { groundEventSchema, stateOf } from '@kakunin/derived-credentials';
import { type Caller, relyingPartyCodeSchema } from '@kakunin/relying-parties';
import { Body, Controller, HttpCode, Inject, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse } from '@nestjs/swagger';
import { z } from 'zod';
import { AllowCall } from '../calls/allow-call.ts';
import { certificateTextSchema, readCertificateText } from '../certificate-text.ts';
import type { KnownCredential } from './derived-credential.store.ts';
import { DerivedCredentials } from './derived-credentials.ts';

const referenceSchema = z
  .string()
  .regex(/^[!-~]{1,128}$/)
  .describe("The provider's own name for the credential; of a certificate: its SHA-256, lower-case hex.");

const common = {
  serviceProvider: relyingPartyCodeSchema.describe('Who issued the credential.'),
  base: certificateTextSchema.describe("The person's certificate that it rests on."),
  challengeId: z.uuid(),
  signature: z
    .base64()
    .max(2_000)
    .describe(
      'By the key of the base, over domain, challenge, provider, kind and SHA-256 of the reference (docs/reference/derived-credentials.md); base64.',
    ),
};
const registrationSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('certificate'),
    ...common,
    certificate: certificateTextSchema.describe('The certificate that was issued, of any authority.'),
  }),
  z.strictObject({
    kind: z.literal('certificate_fingerprint'),
    ...common,
    fingerprint: z.string().regex(/^[0-9a-f]{64}$/),
    notAfter: z.int().positive().describe('End of its validity, epoch milliseconds.'),
  }),
  z.strictObject({
    kind: z.enum(['account', 'fido_credential']),
    ...common,
    reference: referenceSchema,
    notAfter: z.int().positive().exactOptional().describe('epoch milliseconds; left out when it has no end'),
  }),
]);

const lookUpSchema = z.strictObject({ serviceProvider: relyingPartyCodeSchema, reference: referenceSchema });

const credentialSchema = z.object({
  serviceProvider: relyingPartyCodeSchema,
  kind: z.enum(['certificate', 'account', 'fido_credential']),
  reference: referenceSchema,
  state: z.enum(['grounded', 'suspended', 'ended']),
  stateSince: z.int().describe('The beginning of that day in Japan, epoch milliseconds.'),
  reason: groundEventSchema.shape.reason.optional().describe('Of the last event; absent while there was none.'),
  baseNotAfter: z.int().describe('Until when the ground lasts unless it is renewed, epoch milliseconds.'),
});

/** Certificates of private authorities, accounts and FIDO credentials that rest on a person's certificate. */
@Controller('derived-credentials')
@AllowCall('register_derived_credential')
export class DerivedCredentialsController {
  constructor(@Inject(DerivedCredentials) private readonly credentials: DerivedCredentials) {}

  @Post()
  @ApiCreatedResponse({ standardSchema: credentialSchema })
  async register(
    @CurrentCaller() { code: caller }: Caller,
    @Body({ schema: registrationSchema }) body: z.output<typeof registrationSchema>,
  ): Promise<z.output<typeof credentialSchema>> {
    const registered = await this.credentials.register({
      caller,
      provider: body.serviceProvider,
      ...namedIn(body),
      base: readCertificateText(body.base),
      challengeId: body.challengeId,
      signature: Buffer.from(body.signature, 'base64'),
    });
    return shown({ credential: registered, reason: undefined });
  }

  @Post('look-ups')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: credentialSchema })
  async find(
    @CurrentCaller() { code }: Caller,
    @Body({ schema: lookUpSchema }) { serviceProvider: provider, reference }: z.output<typeof lookUpSchema>,
  ): Promise<z.output<typeof credentialSchema>> {
    return shown(await this.credentials.find(code, { provider, reference }));
  }

  /** The credential is gone: nothing more is told of it. */
  @Post('endings')
  @HttpCode(204)
  @ApiNoContentResponse()
  end(
    @CurrentCaller() { code }: Caller,
    @Body({ schema: lookUpSchema }) { serviceProvider: provider, reference }: z.output<typeof lookUpSchema>,
  ): Promise<void> {
    return this.credentials.end(code, { provider, reference });
  }
}

function namedIn(body: z.output<typeof registrationSchema>) {
  switch (body.kind) {
    case 'certificate': {
      const certificate = readCertificateText(body.certificate);
      const reference = createHash('sha256').update(certificate.der).digest('hex');
      return { kind: 'certificate' as const, reference, notAfter: certificate.notAfter, certificate };
    }
    case 'certificate_fingerprint':
      return { kind: 'certificate' as const, reference: body.fingerprint, notAfter: body.notAfter };
    default: {
      const { kind, reference, notAfter } = body;
      return { kind, reference, ...(notAfter !== undefined && { notAfter }) };
    }
  }
}

const shown = ({ credential, reason }: KnownCredential): z.output<typeof credentialSchema> => {
  const { provider: serviceProvider, kind, reference, baseNotAfter } = credential;
  const state = stateOf(credential);
  // As in the feed: not the instant that is in a public CRL.
  const stateSince = jstStartOfDay(credential.stateSince);
  return { serviceProvider, kind, reference, state, stateSince, baseNotAfter, ...(reason && { reason }) };
};
