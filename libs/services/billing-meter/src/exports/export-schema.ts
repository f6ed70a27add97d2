import { CHARGEABLE_OUTCOMES } from '@kakunin/billing';
import { z } from 'zod';
import { lineSchema, totalsSchema } from '../statements/schemas.ts';
import { TARIFF, WAIVER } from '../prices/schemas.ts';

/** The JSON form of a month's export, as OpenAPI shows it and as a test holds the writer to it. */
export const exportSchema = z.strictObject({
  period: z.string().describe('A month in Japan.'),
  timeZone: z.literal('Asia/Tokyo'),
  currency: z.literal('JPY'),
  state: z.enum(['open', 'ended']).describe('`open`: the month is not over; `ended`: it is, late segments may follow.'),
  asOf: z.string().nullable().describe('Everything counted until then is in it; null: nothing was counted yet.'),
  chargeableOutcomes: z.strictObject({
    version: z.literal(CHARGEABLE_OUTCOMES.version),
    outcomes: z.array(z.enum(CHARGEABLE_OUTCOMES.outcomes)),
  }),
  tariffs: z.array(TARIFF.entry),
  waivers: z.array(WAIVER.entry),
  statements: z.array(
    z.strictObject({ customer: z.string(), lines: z.array(lineSchema.omit({ ordinal: true })), totals: totalsSchema }),
  ),
  totals: totalsSchema,
});

/** The JSON form of a closed month. */
export const closedExportSchema = z.strictObject({
  period: z.string().describe('A month in Japan.'),
  timeZone: z.literal('Asia/Tokyo'),
  currency: z.literal('JPY'),
  state: z.literal('closed'),
  asOf: z.string().describe('When it was closed.'),
  statements: z.array(
    z.strictObject({
      contentHash: z.string().describe('SHA-256 of the octets of `content` as they stand here.'),
      signature: z.string().describe('Ed25519 over the same octets, in base64.'),
      content: z.looseObject({ customer: z.string(), number: z.string() }).describe('The closed statement.'),
    }),
  ),
});
