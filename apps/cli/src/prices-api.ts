import type { ServiceClient } from '@kakunin/service-client';
import { CARRIERS, CERTIFICATE_CLASSES, CHANNELS, PURPOSES } from '@kakunin/usage';
import { z } from 'zod';

// Prices as the billing meter answers them. Yen and quantities are decimal strings: they may be large.

const integer = z.string().regex(/^-?\d+$/);

const scopeSchema = z.object({
  customer: z.string().optional(),
  serviceProvider: z.string().optional(),
  certificateClass: z.enum(CERTIFICATE_CLASSES).optional(),
  carrier: z.enum(CARRIERS).optional(),
  channel: z.enum(CHANNELS).optional(),
  purpose: z.enum(PURPOSES).optional(),
});
export type Scope = z.infer<typeof scopeSchema>;

export const priceSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('unit'), unitPrice: integer }),
  z.object({
    kind: z.enum(['graduated', 'volume']),
    tiers: z.array(z.object({ upTo: integer.optional(), unitPrice: integer })),
    pooled: z.boolean().optional(),
  }),
  z.object({ kind: z.literal('first_check'), per: z.enum(['month', 'year']), unitPrice: integer }),
]);
export type Price = z.infer<typeof priceSchema>;

const entry = {
  id: z.string(),
  scope: scopeSchema,
  validFrom: z.number(),
  validTo: z.number().optional(),
  recordedAt: z.number(),
};
export const tariffSchema = z.object({ ...entry, price: priceSchema, taxCategory: z.string() });
export const waiverSchema = z.object({ ...entry, legalGround: z.object({ ja: z.string(), en: z.string() }) });
export const commitmentSchema = z.object({
  ...entry,
  kind: z.enum(['minimum', 'cap']),
  amount: integer,
  taxCategory: z.string(),
});
export type Entry = Pick<z.infer<typeof tariffSchema>, keyof typeof entry>;

/** All items of a list, page by page. @param path with its query, if it has any */
export async function allOf<T>(client: ServiceClient, path: string, item: z.ZodType<T>): Promise<readonly T[]> {
  const pageSchema = z.object({ items: z.array(item), next: z.string().optional() });
  const items: T[] = [];
  for (let at = path; ;) {
    const page = await client.get(at, pageSchema);
    items.push(...page.items);
    if (page.next === undefined) return items;
    at = `${path}${path.includes('?') ? '&' : '?'}cursor=${page.next}`;
  }
}
