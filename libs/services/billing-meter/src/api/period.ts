import { type BillingPeriod, parseBillingPeriod } from '@kakunin/calendar';
import { z } from 'zod';

export const periodSchema = z
  .string()
  .refine((text): text is BillingPeriod => parseBillingPeriod(text) !== undefined, 'A month in Japan such as 2026-10.')
  .describe('A month in Japan such as 2026-10.');
