import { type BillingPeriod, parseBillingPeriod } from '@kakunin/calendar';
import { CARRIERS, CERTIFICATE_CLASSES, CHANNELS, PURPOSES } from '@kakunin/usage';
import { z } from 'zod';
import { TAX_CATEGORIES } from '../tax/tax-rate.ts';
import { LINE_KINDS } from './statement-line.ts';

const integer = z
  .string()
  .regex(/^(0|-?[1-9]\d*)$/)
  .transform(BigInt);
const instant = z.int();
const hash = z.string().regex(/^[0-9a-f]{64}$/);
const period = z
  .string()
  .refine((text) => parseBillingPeriod(text) !== undefined)
  .transform((text) => text as BillingPeriod);

const totals = { quantity: integer, listAmount: integer, waiverAmount: integer, amountDue: integer };

const line = z.strictObject({
  kind: z.enum(LINE_KINDS),
  customer: z.string(),
  serviceProvider: z.string(),
  usagePeriod: period,
  certificateClass: z.enum(CERTIFICATE_CLASSES).exactOptional(),
  carrier: z.enum(CARRIERS).exactOptional(),
  channel: z.enum(CHANNELS).exactOptional(),
  purpose: z.enum(PURPOSES).exactOptional(),
  unitPrice: integer.exactOptional(),
  tier: z.int().exactOptional(),
  tariffId: z.string(),
  waiverId: z.string().exactOptional(),
  taxCategory: z.enum(TAX_CATEGORIES),
  ...totals,
});

const tax = z.strictObject({
  rounding: z.enum(['floor', 'round', 'ceil']),
  parts: z.array(
    z.strictObject({
      category: z.enum(TAX_CATEGORIES),
      percent: integer,
      taxableAmount: integer,
      taxAmount: integer,
    }),
  ),
  taxAmount: integer,
  amountWithTax: integer,
});

const pricesUsed = { pricesKnownAt: instant, priceListHash: hash };

const document = {
  number: z.string(),
  issuer: z.strictObject({
    name: z.string(),
    nameEn: z.string(),
    address: z.string(),
    registrationNumber: z.string(),
  }),
  recipient: z.strictObject({ name: z.string() }),
  lines: z.array(line),
  totals: z.strictObject(totals),
  tax,
};

/** All but the hash, as {@link documentOctets} writes it. */
export const closedStatementSchema = z.strictObject({
  state: z.literal('closed'),
  customer: z.string(),
  period,
  ...document,
  ...pricesUsed,
  lateMonths: z.array(z.strictObject({ period, ...pricesUsed })),
  chargeableOutcomes: z.int(),
  producers: z.array(
    z.strictObject({ producer: z.string(), missingSegments: integer, completeUntil: instant.exactOptional() }),
  ),
  ledger: z.strictObject({ origin: z.string(), size: z.int(), root: z.base64() }).exactOptional(),
  closedAt: instant,
});

/** All but the hash, as {@link documentOctets} writes it. */
export const creditNoteSchema = z.strictObject({
  ...document,
  statement: z.strictObject({ customer: z.string(), period, number: z.string(), contentHash: hash }),
  basis: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('quantities') }),
    z.strictObject({ kind: z.literal('prices'), ...pricesUsed }),
    z.strictObject({ kind: z.literal('cancellation') }),
  ]),
  reason: z.strictObject({ ja: z.string(), en: z.string() }),
  issuedAt: instant,
});
