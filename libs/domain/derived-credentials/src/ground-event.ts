import { z } from 'zod';

/** What the provider of a derived credential is told: its own reference, never the base. */
export const groundEventSchema = z.strictObject({
  type: z.literal('derived_credential_changed'),
  /** Code of the provider. */
  serviceProvider: z.string(),
  kind: z.enum(['certificate', 'account', 'fido_credential']),
  reference: z.string(),
  state: z.enum(['grounded', 'suspended', 'ended']),
  reason: z.enum([
    'base_renewed',
    'base_held',
    'base_released',
    'base_replaced',
    'base_unsafe',
    'base_revoked',
    'base_expired',
    'person_erased',
    'credential_revoked',
    'credential_held',
    'credential_released',
  ]),
  /** Beginning of the day in Japan on which it happened, epoch milliseconds; as it is told. */
  at: z.int().nonnegative(),
});
export type GroundEvent = z.infer<typeof groundEventSchema>;
