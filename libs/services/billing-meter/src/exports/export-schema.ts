import { CHARGEABLE_OUTCOMES } from '@kakunin/billing';
import { CARRIERS, CERTIFICATE_CLASSES, CHANNELS, PURPOSES } from '@kakunin/usage';
import { z } from 'zod';
import { tariffSchema, waiverSchema } from '../prices/convert.ts';

/** Decimal strings: yen and quantities may be larger than a double holds. */
const integer = z.string().regex(/^-?\d+$/);

const totals = {
  quantity: integer.describe('Chargeable checks.'),
  listAmount: integer.describe('quantity × unitPrice, in yen.'),
  waiverAmount: integer.describe('What a waiver takes off, in yen: 0 or less.'),
  amountDue: integer.describe('listAmount + waiverAmount, in yen.'),
};

const lineSchema = z.strictObject({
  customer: z.string(),
  serviceProvider: z.string().describe('Empty: the customer for itself.'),
  certificateClass: z.enum(CERTIFICATE_CLASSES),
  carrier: z.enum(CARRIERS),
  channel: z.enum(CHANNELS),
  purpose: z.enum(PURPOSES),
  unitPrice: integer,
  tariffId: z.string(),
  waiverId: z.string().exactOptional(),
  ...totals,
});

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
  tariffs: z.array(tariffSchema),
  waivers: z.array(waiverSchema),
  statements: z.array(
    z.strictObject({ customer: z.string(), lines: z.array(lineSchema), totals: z.strictObject(totals) }),
  ),
  totals: z.strictObject(totals),
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
