import { authoritySchema } from '@kakunin/certificates';
import { relyingPartyCodeSchema } from '@kakunin/relying-parties';
import { CARRIERS, CERTIFICATE_CLASSES, CHANNELS, OUTCOMES, PURPOSES } from '@kakunin/usage';
import { z } from 'zod';
import { pageQuery, pageSchema } from '../api/page.ts';

const DAY = 86_400_000;

/** Most days of a query, by what it is counted in: a page must not read the counts of years. */
const LONGEST = { hour: 31, day: 366, month: 3_660 } as const;

export type Granularity = keyof typeof LONGEST;

const dimensions = {
  serviceProvider: z.union([z.literal(''), relyingPartyCodeSchema]),
  authorityId: authoritySchema.shape.authorityId,
  certificateClass: z.enum(CERTIFICATE_CLASSES),
  carrier: z.enum(CARRIERS),
  channel: z.enum(CHANNELS),
  purpose: z.enum(PURPOSES),
  outcome: z.enum(OUTCOMES),
};

/** What usage is counted by, in the order in which it is listed. */
export const DIMENSIONS = ['customer', ...(Object.keys(dimensions) as (keyof typeof dimensions)[])] as const;
export type Dimension = (typeof DIMENSIONS)[number];

/** Of an hour, a day or a month, as {@link usageCountSchema} has it. */
const START = /^\d{4}-\d\d(-\d\d(T\d\d:00\+09:00)?)?$/;

/** @param start such as `2026-10`, `2026-10-31` or an hour of that day */
export const firstDayOf = (start: string): string => (start.length === 7 ? `${start}-01` : start.slice(0, 10));

/** Where a page of counts ended: its start, and each dimension. */
export type CountKey = readonly string[];
const keySchema: z.ZodType<CountKey> = z
  .array(z.string().max(64))
  .length(DIMENSIONS.length + 1)
  .refine(([start = '']) => START.test(start) && z.iso.date().safeParse(firstDayOf(start)).success);

const filters = z.object(dimensions).partial().shape;

export const usageQuerySchema = z
  .object({
    from: z.iso.date().describe('First day, in Japan.'),
    to: z.iso.date().describe('The day after the last one, in Japan.'),
    by: z.enum(['hour', 'day', 'month']).default('day'),
    format: z.enum(['json', 'csv']).default('json').describe('`csv` is the whole answer, whatever the page.'),
    customer: relyingPartyCodeSchema.exactOptional().describe('A platform provider sees itself only.'),
    ...filters,
    ...pageQuery(keySchema),
  })
  .refine(({ from }) => from >= '1970-01-01', 'Nothing was counted before 1970.')
  .refine(({ from, to }) => from < to, 'The query must end after it begins.')
  .refine(({ from, to, by }) => Date.parse(to) - Date.parse(from) <= LONGEST[by] * DAY, {
    message: `At most ${LONGEST.hour} days by hour, ${LONGEST.day} by day, ${LONGEST.month} by month.`,
  });

export type UsageQuery = z.output<typeof usageQuerySchema>;

export const usageCountSchema = z.strictObject({
  start: z.string().describe('Hour, day or month in Japan: 2026-10-01T13:00+09:00, 2026-10-01 or 2026-10.'),
  customer: z.string(),
  ...dimensions,
  serviceProvider: z.string().describe('Empty: the customer for itself.'),
  quantity: z.string().regex(/^\d+$/).describe('Recorded checks, charged or not.'),
});
export type UsageQuantity = z.infer<typeof usageCountSchema>;

export const usagePageSchema = pageSchema(usageCountSchema);

export const keyOf = (count: UsageQuantity): CountKey => [count.start, ...DIMENSIONS.map((name) => count[name])];
