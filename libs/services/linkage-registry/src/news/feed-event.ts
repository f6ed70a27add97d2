import { groundEventSchema } from '@kakunin/derived-credentials';
import { linkageEventSchema, personEventSchema } from '@kakunin/linkage';
import { z } from 'zod';

/** Whatever a service provider is told: of certificates, of persons, of what it based on them. */
export const newsEventSchema = z.union([linkageEventSchema, personEventSchema, groundEventSchema]);
export type NewsEvent = z.infer<typeof newsEventSchema>;

/** An event in its place. */
export const feedItemSchema = z.object({
  sequence: z.int().positive().describe('1, 2, 3, … for each service provider, without a gap.'),
  event: newsEventSchema,
});
export type FeedItem = z.infer<typeof feedItemSchema>;
