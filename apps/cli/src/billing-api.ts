import { z } from 'zod';

// The billing meter's answers, as far as the CLI reads them. Yen and quantities are decimal strings: they may be large.

const integer = z.string().regex(/^-?\d+$/);
const totals = { quantity: integer, listAmount: integer, waiverAmount: integer, amountDue: integer };

const lineSchema = z.object({
  customer: z.string(),
  serviceProvider: z.string(),
  kind: z.string(),
  /** The month of the checks; earlier than the one that is billed: they came late. */
  usagePeriod: z.string(),
  certificateClass: z.string().optional(),
  carrier: z.string().optional(),
  channel: z.string().optional(),
  purpose: z.string().optional(),
  unitPrice: integer.optional(),
  ...totals,
});
export type ExportLine = z.infer<typeof lineSchema>;

export const billingExportSchema = z.object({
  period: z.string(),
  /** `open` while the month is not over in Japan. */
  state: z.string(),
  /** Instant with zone; null: nothing was counted yet. */
  asOf: z.string().nullable(),
  statements: z.array(z.object({ customer: z.string(), lines: z.array(lineSchema), totals: z.object(totals) })),
  totals: z.object(totals),
});
export type BillingExport = z.infer<typeof billingExportSchema>;

/** A month that is closed: its statements as they were signed. */
export const closedExportSchema = z.object({
  period: z.string(),
  state: z.literal('closed'),
  asOf: z.string(),
  statements: z.array(
    z.object({
      content: z.object({ customer: z.string(), lines: z.array(lineSchema), totals: z.object(totals) }),
    }),
  ),
});
