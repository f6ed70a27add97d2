import { z } from 'zod';

// The billing meter's answers, as far as the CLI reads them. Yen and quantities are decimal strings: they may be large.

const integer = z.string().regex(/^-?\d+$/);
const totals = { quantity: integer, listAmount: integer, waiverAmount: integer, amountDue: integer };

const lineSchema = z.object({
  customer: z.string(),
  serviceProvider: z.string(),
  certificateClass: z.string(),
  carrier: z.string(),
  channel: z.string(),
  purpose: z.string(),
  unitPrice: integer,
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
