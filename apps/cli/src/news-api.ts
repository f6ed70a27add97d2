import { z } from 'zod';

// The registry's answers around news, as far as the CLI reads them.

export const endpointSchema = z.object({
  endpointId: z.string(),
  serviceProvider: z.string(),
  url: z.string(),
  state: z.enum(['unverified', 'active', 'disabled']),
  disabledBecause: z.string().optional(),
  failingSince: z.number().optional(),
});
export const endpointsSchema = z.array(endpointSchema);

const keySchema = z.object({ secret: z.string(), publicKey: z.string() });
export const registeredEndpointSchema = z.object({ endpoint: endpointSchema, key: keySchema });
export const rotatedKeySchema = z.object({ key: keySchema, previousEndsAt: z.number() });

export const webhookDeadLettersSchema = z.object({
  items: z.array(z.object({ sequence: z.number(), attempts: z.number(), deadAt: z.number(), reason: z.string() })),
  next: z.string(),
});
export const revivedSchema = z.object({ revived: z.number() });

export const feedSchema = z.object({
  items: z.array(z.object({ sequence: z.number(), event: z.looseObject({ type: z.string(), at: z.number() }) })),
  next: z.string(),
});

export const derivedCredentialSchema = z.object({
  serviceProvider: z.string(),
  kind: z.string(),
  reference: z.string(),
  state: z.enum(['grounded', 'suspended', 'ended']),
  stateSince: z.number(),
  reason: z.string().optional(),
  baseNotAfter: z.number(),
});

export const matchingSchema = z.object({
  matchingId: z.string(),
  proposer: z.string(),
  partner: z.string(),
  purpose: z.string(),
  mostInputs: z.number(),
  state: z.enum(['proposed', 'open', 'ended']),
  expiresAt: z.number(),
  publicKey: z.string().optional(),
  proposerInputs: z.number(),
  partnerInputs: z.number(),
});
export const matchingsSchema = z.array(matchingSchema);
