import { LINE_KINDS, TAX_CATEGORIES } from '@kakunin/billing';
import { relyingPartyCodeSchema } from '@kakunin/relying-parties';
import { CARRIERS, CERTIFICATE_CLASSES, CHANNELS, PURPOSES } from '@kakunin/usage';
import { z } from 'zod';
import { pageQuery } from '../api/page.ts';
import { periodSchema } from '../api/period.ts';

/** Decimal strings: yen and quantities may be larger than a double holds. */
const integer = z.string().regex(/^-?\d+$/);
const instant = z.int().describe('Epoch milliseconds.');
const hash = z.string().regex(/^[0-9a-f]{64}$/);

export const totalsSchema = z.strictObject({
  quantity: integer.describe('Chargeable checks.'),
  listAmount: integer.describe('By the price list, in yen.'),
  waiverAmount: integer.describe('What waivers take off, in yen: 0 or less.'),
  amountDue: integer.describe('listAmount + waiverAmount, in yen, before tax.'),
});
const taxed = { taxAmount: integer.describe('Yen.'), amountWithTax: integer.describe('Yen.') };

export const blockerSchema = z
  .looseObject({ reason: z.string(), advice: z.strictObject({ ja: z.string(), en: z.string() }) })
  .describe('What keeps it from being closed, and what to do about it.');

export const closingSchema = z.strictObject({
  period: z.string(),
  state: z.enum(['open', 'closing', 'closed']),
  pricesKnownAt: instant.exactOptional().describe('Since it is closing: no later change of prices touches it.'),
  closedAt: instant.exactOptional(),
  blockers: z.array(blockerSchema),
  statements: z.array(
    z.strictObject({
      customer: z.string(),
      name: z.string().describe('Empty: not registered.'),
      state: z.enum(['open', 'closing', 'closed']),
      number: z.string().exactOptional().describe('Of the invoice, once it is closed.'),
      lateMonths: z.array(z.string()).exactOptional().describe('Months before this one, of which usage came late.'),
      ...totalsSchema.partial().shape,
      taxAmount: integer.exactOptional(),
      amountWithTax: integer.exactOptional(),
      blockers: z.array(blockerSchema),
    }),
  ),
  totals: totalsSchema.extend(taxed),
});

export const closeSchema = z.strictObject({
  dryRun: z.boolean().default(false).describe('Only say what would be closed, and what keeps it from that.'),
  pricesOfNow: z
    .boolean()
    .default(false)
    .describe(
      'A month that is closing takes the prices as known now, for what is not closed yet: usage had none before.',
    ),
});

const statementKey = z.tuple([z.string().max(7), z.string().max(32)]);
export const statementsQuerySchema = z.object({
  period: periodSchema.exactOptional(),
  customer: relyingPartyCodeSchema.exactOptional(),
  ...pageQuery(statementKey),
});

export const statementSummarySchema = z.strictObject({
  period: z.string(),
  customer: z.string(),
  number: z.string(),
  closedAt: instant,
  contentHash: hash,
  lineCount: z.int(),
  ...totalsSchema.shape,
  ...taxed,
});

export const lineSchema = z.strictObject({
  ordinal: z.int().describe('From 1, in the order of the statement.'),
  kind: z.enum(LINE_KINDS),
  customer: z.string(),
  serviceProvider: z.string().describe('Empty: the customer for itself, or as a whole.'),
  usagePeriod: z.string().describe('The month of the checks; earlier than the statement: they came late.'),
  certificateClass: z.enum(CERTIFICATE_CLASSES).exactOptional(),
  carrier: z.enum(CARRIERS).exactOptional(),
  channel: z.enum(CHANNELS).exactOptional(),
  purpose: z.enum(PURPOSES).exactOptional(),
  unitPrice: integer.exactOptional(),
  tier: z.int().exactOptional(),
  tariffId: z.string(),
  waiverId: z.string().exactOptional(),
  taxCategory: z.enum(TAX_CATEGORIES),
  ...totalsSchema.shape,
});

export const linesQuerySchema = z.object(pageQuery(z.tuple([z.int32().nonnegative()])));

const signed = {
  contentHash: hash.describe('SHA-256 of the document.'),
  signature: z.base64().describe('Ed25519, over the document; GET /signing-key gives the key.'),
};

export const statementSchema = z.looseObject({
  period: z.string(),
  customer: z.string(),
  number: z.string(),
  totals: totalsSchema,
  ...signed,
  creditNotes: z.array(z.string()).describe('Numbers of those that give back something of it.'),
  items: z.array(lineSchema),
  next: z.string().exactOptional().describe('Absent on the last page.'),
});

const text = z
  .string()
  .trim()
  .regex(/^[^\p{Cc}\p{Cs}]{1,500}$/u, 'One line of 1 to 500 characters.');

export const newCreditNoteSchema = z.strictObject({
  reason: z.strictObject({ ja: text, en: text }).describe('Shown to the customer.'),
  correction: z.discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('quantities'),
      lines: z
        .array(
          z.strictObject({
            line: z.int().positive().describe('Ordinal of a line of usage.'),
            quantity: z
              .string()
              .regex(/^\d{1,18}$/)
              .describe('How many checks it should have billed.'),
          }),
        )
        .min(1)
        .max(1_000),
    }),
    z.strictObject({
      kind: z.literal('prices'),
      knownAt: z.int().nonnegative().describe('Rate again by prices as known then, such as when they were corrected.'),
    }),
    z.strictObject({ kind: z.literal('cancellation') }),
  ]),
  dryRun: z.boolean().default(false).describe('Only say what would be given back.'),
});

export const creditNoteSchema = z.looseObject({
  number: z.string().describe('Empty in a dry run.'),
  totals: totalsSchema,
  contentHash: hash.describe('SHA-256 of the document.'),
});
export const creditNotesSchema = z.strictObject({ items: z.array(creditNoteSchema) });
