import { z } from 'zod';

// The registry's answers about sectors, persons and keys, as far as the CLI reads them.

export const sectorStepsSchema = z.array(
  z.object({
    serviceProvider: z.string(),
    sector: z.string(),
    version: z.number(),
    currentFrom: z.number(),
    givenUntil: z.number().optional(),
    destroyed: z.boolean(),
  }),
);

export const destroyedKeysSchema = z.object({ destroyed: z.number() });

export const sectorMergeSchema = z.looseObject({ consented: z.array(z.string()), mergedAt: z.number().optional() });

export const translationSchema = z.object({ token: z.string(), expiresAt: z.number() });
export const givenNamesSchema = z.object({ ppid: z.string(), previousPpid: z.string().optional() });

export const personChangeSchema = z.object({ outcome: z.string(), told: z.record(z.string(), z.number()) });

export const dataKeysSchema = z.array(
  z.object({
    dataKeyId: z.number(),
    purpose: z.string(),
    createdAt: z.number(),
    retiredAt: z.number().optional(),
    destroyedAt: z.number().optional(),
    rootKeyIds: z.array(z.string()),
  }),
);

export const newDataKeySchema = z.object({ dataKeyId: z.number() });

const placeSchema = z.object({ column: z.number(), page: z.number() });
export const resealedSchema = z.object({
  resealed: z.number(),
  done: z.number(),
  pages: z.number(),
  next: placeSchema.optional(),
});

export const removedSchema = z.object({ removed: z.number() });
