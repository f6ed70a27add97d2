import { z } from 'zod';

// Closing, statements and reconciliation of the billing meter, as far as the CLI reads them. Yen and quantities are
// decimal strings: they may be large.

const integer = z.string().regex(/^-?\d+$/);

const blockerSchema = z.object({ reason: z.string(), advice: z.object({ ja: z.string(), en: z.string() }) });
export type Blocker = z.infer<typeof blockerSchema>;

const money = {
  quantity: integer,
  listAmount: integer,
  waiverAmount: integer,
  amountDue: integer,
  taxAmount: integer,
  amountWithTax: integer,
};
const moneySchema = z.object(money);

const closingRowSchema = moneySchema.partial().extend({
  customer: z.string(),
  name: z.string(),
  state: z.string(),
  number: z.string().optional(),
  lateMonths: z.array(z.string()).optional(),
  blockers: z.array(blockerSchema),
});
export type ClosingRow = z.infer<typeof closingRowSchema>;

export const closingSchema = z.object({
  period: z.string(),
  state: z.enum(['open', 'closing', 'closed']),
  pricesKnownAt: z.number().optional(),
  closedAt: z.number().optional(),
  blockers: z.array(blockerSchema),
  statements: z.array(closingRowSchema),
  totals: moneySchema,
});
export type Closing = z.infer<typeof closingSchema>;

const summarySchema = moneySchema.extend({
  period: z.string(),
  customer: z.string(),
  number: z.string(),
  closedAt: z.number(),
  contentHash: z.string(),
});
export type StatementSummary = z.infer<typeof summarySchema>;
export const statementsSchema = z.object({ items: z.array(summarySchema), next: z.string().optional() });

const lineSchema = z.object({
  ordinal: z.number(),
  kind: z.string(),
  serviceProvider: z.string(),
  usagePeriod: z.string(),
  certificateClass: z.string().optional(),
  carrier: z.string().optional(),
  channel: z.string().optional(),
  purpose: z.string().optional(),
  tier: z.number().optional(),
  unitPrice: integer.optional(),
  tariffId: z.string(),
  waiverId: z.string().optional(),
  quantity: integer,
  listAmount: integer,
  waiverAmount: integer,
  amountDue: integer,
});
export type StatementLine = z.infer<typeof lineSchema>;

/** One page of a statement: loose, as `-o json` prints all of it. */
export const statementSchema = z.looseObject({
  period: z.string(),
  customer: z.string(),
  number: z.string(),
  closedAt: z.number(),
  recipient: z.object({ name: z.string() }),
  totals: z.object({ quantity: integer, amountDue: integer }),
  tax: z.object({ taxAmount: integer, amountWithTax: integer }),
  contentHash: z.string(),
  creditNotes: z.array(z.string()),
  items: z.array(lineSchema),
  next: z.string().optional(),
});
export type Statement = z.infer<typeof statementSchema>;

export const creditNoteSchema = z.looseObject({
  number: z.string(),
  statement: z.object({ number: z.string() }),
  totals: z.object({ quantity: integer, amountDue: integer }),
  tax: z.object({ taxAmount: integer, amountWithTax: integer }),
});

export const reconciliationSchema = z.object({
  period: z.string(),
  days: z.array(
    z.object({
      producer: z.string(),
      day: z.string(),
      archived: integer.optional(),
      counted: integer,
      leaves: integer,
      chargeable: integer,
      billed: integer.optional(),
    }),
  ),
  customers: z.array(z.object({ customer: z.string(), chargeable: integer, billed: integer.optional() })),
  differences: z.array(
    z.object({
      kind: z.string(),
      producer: z.string().optional(),
      customer: z.string().optional(),
      day: z.string().optional(),
      sequence: integer.optional(),
      expected: integer,
      found: integer,
    }),
  ),
  late: z.array(
    z.object({
      producer: z.string(),
      customer: z.string(),
      day: z.string(),
      chargeable: integer,
      billed: integer,
    }),
  ),
});
export type Reconciliation = z.infer<typeof reconciliationSchema>;

/** How far a deep reconciliation is. */
export const recountProgressSchema = z.object({ segments: z.number(), ofSegments: z.number(), records: z.number() });

export const producersSchema = z.object({
  items: z.array(
    z.object({
      producer: z.string(),
      kind: z.string(),
      segments: integer,
      missingSegments: integer,
      completeUntil: z.number().optional(),
      lastCountedAt: z.number(),
      retiredAt: z.number().optional(),
    }),
  ),
});
