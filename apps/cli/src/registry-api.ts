import { z } from 'zod';
import { authoritySchema } from '@kakunin/certificates';
import { relyingPartySchema } from '@kakunin/relying-parties';

// The registry's answers, as far as the CLI reads them; what it does not read may change.

export const authoritiesSchema = z.array(authoritySchema);
export const relyingPartiesSchema = z.array(relyingPartySchema);

/** Answers whose content the CLI does not need. */
export const acknowledgedSchema = z.unknown();

export const importSummarySchema = z.object({
  imported: z.number(),
  unchanged: z.number(),
  rejected: z.number(),
  errors: z.array(z.object({ line: z.number(), reason: z.string() })),
});
export type ImportSummary = z.infer<typeof importSummarySchema>;

export const importStateSchema = z.object({
  format: z.string(),
  line: z.number(),
  imported: z.number(),
  unchanged: z.number(),
  rejected: z.number(),
  begunAt: z.number(),
  completedAt: z.number().nullable(),
});

/** A line of the answer to a list. */
export const importAnswerSchema = z.union([
  z.object({ line: z.number(), reason: z.string() }),
  z.object({ progress: z.object({ line: z.number() }) }),
  z.object({ summary: importSummarySchema.omit({ errors: true }) }),
  z.object({ problem: z.object({ code: z.string(), detail: z.string() }) }),
  z.object({ line: z.number(), outcome: z.string() }),
]);

export const allottedSchema = z.object({ serialNumbers: z.array(z.string()), honeySerialNumbers: z.array(z.string()) });
export const keyVersionSchema = z.object({ keyVersion: z.number() });

export const challengeSchema = z.object({ challengeId: z.string(), challenge: z.base64() });

export const identificationSchema = z.object({
  ppid: z.string(),
  previousPpid: z.string().optional(),
  status: z.enum(['good', 'revoked', 'held', 'usable', 'not_usable']),
  since: z.number().optional(),
  succeeded: z.boolean(),
  evidence: z.string().optional(),
});

export const deadLettersSchema = z.array(
  z.object({
    topic: z.string(),
    partition: z.number(),
    offset: z.string(),
    key: z.string(),
    consumer: z.string(),
    reason: z.string(),
    time: z.number(),
  }),
);
