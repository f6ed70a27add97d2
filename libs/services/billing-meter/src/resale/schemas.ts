import { LINE_KINDS, TAX_CATEGORIES } from '@kakunin/billing';
import { CARRIERS, CERTIFICATE_CLASSES, CHANNELS, PURPOSES } from '@kakunin/usage';
import { z } from 'zod';

/** Decimal strings: yen and quantities may be larger than a double holds. */
const integer = z.string().regex(/^-?\d+$/);
const money = { quantity: integer, listAmount: integer, waiverAmount: integer, amountDue: integer };

const lineSchema = z.strictObject({
  charge: z
    .enum(['pass_through', 'margin'])
    .describe('The fee as the platform provider is billed it, or what it adds.'),
  kind: z.enum(LINE_KINDS),
  customer: z.string().describe('The service provider.'),
  serviceProvider: z.literal(''),
  usagePeriod: z.string(),
  certificateClass: z.enum(CERTIFICATE_CLASSES).exactOptional(),
  carrier: z.enum(CARRIERS).exactOptional(),
  channel: z.enum(CHANNELS).exactOptional(),
  purpose: z.enum(PURPOSES).exactOptional(),
  unitPrice: integer.exactOptional(),
  tier: z.int().exactOptional(),
  tariffId: z.string(),
  waiverId: z.string().exactOptional(),
  taxCategory: z.enum(TAX_CATEGORIES),
  ...money,
});

export const resoldMonthSchema = z.strictObject({
  issuer: z.string().describe('The platform provider.'),
  period: z.string(),
  state: z.enum(['open', 'closed']).describe('`closed`: it does not change any more.'),
  statements: z.array(
    z.strictObject({
      issuer: z.string(),
      customer: z.string().describe('The service provider.'),
      period: z.string(),
      lines: z.array(lineSchema),
      totals: z.strictObject({ ...money, passThrough: integer, margin: integer }),
    }),
  ),
});
