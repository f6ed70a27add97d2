import type { Assumption } from '@kakunin/billing';
import type { BillingPeriod } from '@kakunin/calendar';
import { z } from 'zod';
import { periodSchema } from '../api/period.ts';
import { priceFrom } from '../prices/convert.ts';
import { daySchema, entryIdSchema, priceSchema } from '../prices/schemas.ts';

/** Two years: this one and the last, or this one and the next budget's. */
const MOST_PERIODS = 24;
const MOST_ASSUMPTIONS = 20;

const assumptionSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('fee_resumes'),
    on: daySchema,
    waiverId: entryIdSchema.exactOptional().describe('This waiver ends alone; absent: all do.'),
  }),
  z.strictObject({ kind: z.literal('crl_instead_of_ocsp'), from: daySchema }),
  z.strictObject({ kind: z.literal('price_replaced'), tariffId: entryIdSchema, price: priceSchema }),
]);

export const simulationRequestSchema = z
  .strictObject({
    period: periodSchema.exactOptional(),
    periods: z.array(periodSchema).min(1).max(MOST_PERIODS).exactOptional(),
    assumptions: z.array(assumptionSchema).max(MOST_ASSUMPTIONS).describe('What several assume holds together.'),
  })
  .refine(({ period, periods }) => (period === undefined) !== (periods === undefined), 'Name `period` or `periods`.');

export type SimulationRequest = z.infer<typeof simulationRequestSchema>;

/** Ascending, each once. */
export const periodsOf = ({ period, periods = [] }: SimulationRequest): readonly BillingPeriod[] =>
  [...new Set(period === undefined ? periods : [period])].sort() as BillingPeriod[];

export const assumptionsOf = ({ assumptions }: SimulationRequest): readonly Assumption[] =>
  assumptions.map((assumption) =>
    assumption.kind === 'price_replaced' ? { ...assumption, price: priceFrom(assumption.price) } : assumption,
  );

const yen = z.string().regex(/^-?\d+$/);
const amounts = {
  present: yen.describe('What is due by the prices known now, in yen before tax.'),
  simulated: yen.describe('What would be due.'),
  difference: yen.describe('simulated − present.'),
};
const checks = { quantity: yen.describe('Chargeable checks.') };

/** The JSON form of the answer. */
export const simulationSchema = z.strictObject({
  asOf: z.string().nullable().describe('All usage counted until then is in it; null: nothing was counted yet.'),
  assumptions: z.array(assumptionSchema),
  customers: z.array(z.strictObject({ customer: z.string(), ...checks, ...amounts })).describe('All months together.'),
  total: z.strictObject(amounts),
  simulations: z
    .array(
      z.strictObject({
        period: z.string(),
        rows: z.array(
          z.strictObject({
            customer: z.string(),
            serviceProvider: z.string().describe('Empty: the customer for itself and as a whole.'),
            ...checks,
            ...amounts,
          }),
        ),
        total: z.strictObject(amounts),
      }),
    )
    .describe('Month by month.'),
});
