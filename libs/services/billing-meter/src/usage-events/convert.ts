import { z } from 'zod';
import { UsageEventError } from './usage-event-error.ts';
import type { Outcome } from './usage-event-intake.ts';

export const acceptedSchema = z.strictObject({
  result: z.enum(['accepted', 'duplicate']).describe('`duplicate`: it was accepted before, and is charged once.'),
  eventId: z.string().describe("Its place in the tenant's ledger; the same every time."),
});

const outcomeSchema = z.union([
  acceptedSchema,
  z.strictObject({ result: z.literal('refused'), code: z.string(), detail: z.string() }),
]);

/** What became of a batch. */
export const batchResultSchema = z.strictObject({
  accepted: z.int(),
  duplicates: z.int(),
  refused: z.int(),
  items: z.array(outcomeSchema).describe('In the order of the batch.'),
});

export const outcomeJson = (outcome: Outcome): z.infer<typeof outcomeSchema> =>
  outcome instanceof UsageEventError
    ? { result: 'refused', code: outcome.code, detail: outcome.message }
    : { result: outcome.result, eventId: outcome.eventId };

export function batchResult(outcomes: readonly Outcome[]): z.infer<typeof batchResultSchema> {
  const items = outcomes.map(outcomeJson);
  const count = (wanted: string): number => items.filter(({ result }) => result === wanted).length;
  return { accepted: count('accepted'), duplicates: count('duplicate'), refused: count('refused'), items };
}
