import { z } from 'zod';

/**
 * What is told of certificates, to one service provider, in its own name for the person: something happened to a
 * certificate that this person presented there. It tells neither which certificate nor why.
 */
export const linkageEventSchema = z.object({
  type: z.enum(['certificate_succeeded', 'certificate_revoked', 'certificate_held', 'certificate_released']),
  serviceProvider: z.string(),
  ppid: z.string(),
  certificateClass: z.enum(['signature', 'user-authentication']),
  /** Beginning of the day in Japan on which it happened, epoch milliseconds; as it is told. */
  at: z.int().nonnegative(),
});
export type LinkageEvent = z.infer<typeof linkageEventSchema>;
