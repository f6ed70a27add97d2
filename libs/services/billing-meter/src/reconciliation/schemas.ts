import { z } from 'zod';

const integer = z.string().regex(/^-?\d+$/);

export const reconciliationSchema = z.strictObject({
  period: z.string(),
  days: z.array(
    z.strictObject({
      producer: z.string(),
      day: z.string().describe('In Japan.'),
      archived: integer.exactOptional().describe('Raw records; only when they were read again.'),
      counted: integer.describe('Records counted.'),
      leaves: integer.describe('Leaves of the customers’ ledgers.'),
      chargeable: integer.describe('Of those counted.'),
      billed: integer.exactOptional().describe('Of those chargeable, by all statements; absent: none is closed.'),
    }),
  ),
  customers: z.array(
    z.strictObject({
      customer: z.string(),
      chargeable: integer,
      billed: integer.exactOptional().describe('By all statements; absent: none is closed.'),
    }),
  ),
  differences: z
    .array(
      z.strictObject({
        kind: z.string(),
        producer: z.string().exactOptional(),
        customer: z.string().exactOptional(),
        day: z.string().exactOptional(),
        sequence: integer.exactOptional(),
        expected: integer.describe('What the link before says.'),
        found: integer.describe('What the link after says.'),
      }),
    )
    .describe('Empty: everything agrees.'),
  late: z
    .array(
      z.strictObject({
        producer: z.string(),
        customer: z.string(),
        day: z.string(),
        chargeable: integer,
        billed: integer,
      }),
    )
    .describe('Usage that came after its month was closed and waits for the next statement.'),
});
