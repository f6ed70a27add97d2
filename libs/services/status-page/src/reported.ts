import { z } from 'zod';

/** What the ocsp-responder says of its status data: `GET /status-data`. */
export const statusDataSchema = z.object({
  authorities: z.array(
    z.object({
      authorityId: z.string(),
      /** The instant up to which everything that was reported is known; null while nothing is. */
      asOf: z.int().nullish(),
    }),
  ),
});
export type StatusData = z.infer<typeof statusDataSchema>;

/** What the billing-meter says of today, a day in Asia/Tokyo: `GET /usage/today`. */
export const usageTodaySchema = z.object({
  date: z.iso.date(),
  checks: z.object({ signature: z.coerce.number(), 'user-authentication': z.coerce.number() }),
});
export type UsageToday = z.infer<typeof usageTodaySchema>;
