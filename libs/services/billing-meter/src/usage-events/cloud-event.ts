import { authoritySchema } from '@kakunin/certificates';
import { relyingPartyCodeSchema } from '@kakunin/relying-parties';
import { CARRIERS, CERTIFICATE_CLASSES, CHANNELS, OUTCOMES, PURPOSES } from '@kakunin/usage';
import { z } from 'zod';

/** The only type of event that is taken. */
export const USAGE_EVENT_TYPE = 'jp.kakunin.usage.v1';

/** CloudEvents strings hold neither control characters nor lone surrogates (CloudEvents 1.0, type system). */
const text = (longest: number): z.ZodString =>
  z.string().regex(new RegExp(`^[^\\p{Cc}\\p{Cs}]{1,${longest}}$`, 'u'), `1 to ${longest} printable characters.`);

const dataSchema = z.strictObject({
  serviceProvider: z
    .union([z.literal(''), relyingPartyCodeSchema])
    .describe('Code of the service provider that was checked for; empty: for the platform provider itself.'),
  authorityId: authoritySchema.shape.authorityId,
  certificateClass: z.enum(CERTIFICATE_CLASSES),
  carrier: z.enum(CARRIERS),
  channel: z.enum(CHANNELS),
  purpose: z.enum(PURPOSES),
  outcome: z.enum(OUTCOMES),
  certificateKey: text(64)
    .exactOptional()
    .describe(
      'The same for the checks of one certificate, and chosen so that nobody can compute it from a serial number; without it every check is the first of a certificate.',
    ),
});

/** A usage event as CloudEvents 1.0 has it. Members that are not named are refused: none can bear a serial number. */
export const cloudEventSchema = z.strictObject({
  specversion: z.literal('1.0'),
  type: z.literal(USAGE_EVENT_TYPE),
  source: text(512).describe('Where the event was made: a URI-reference.'),
  id: text(128).describe('Unique within the source, for ever.'),
  time: z.iso.datetime({ offset: true }).describe('When the check was answered.'),
  datacontenttype: z.literal('application/json').exactOptional(),
  data: dataSchema,
});

export type CloudEvent = z.infer<typeof cloudEventSchema>;
