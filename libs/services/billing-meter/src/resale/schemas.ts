import { z } from 'zod';
import { lineSchema as billedLineSchema } from '../statements/schemas.ts';

/** Decimal strings: yen and quantities may be larger than a double holds. */
const integer = z.string().regex(/^-?\d+$/);
const money = { quantity: integer, listAmount: integer, waiverAmount: integer, amountDue: integer };

const lineSchema = billedLineSchema.omit({ ordinal: true }).extend({
  charge: z
    .enum(['pass_through', 'margin'])
    .describe('The fee as the platform provider is billed it, or what it adds.'),
  customer: z.string().describe('The service provider.'),
  serviceProvider: z.literal(''),
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
