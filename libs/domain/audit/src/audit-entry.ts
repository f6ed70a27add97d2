import { z } from 'zod';

const code = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,63}$/);

/**
 * Who asked about whom, and why. It names no holder: no ppid, no certificate, no id of a person. `holderTag` is found
 * again only by who has the holder's viewing key (see {@link holderTag}); no two entries have one tag.
 */
export const auditEntrySchema = z.strictObject({
  /** 0, 1, 2, … without a gap. */
  sequence: z.int().nonnegative(),
  /** Epoch ms. */
  at: z.int().nonnegative(),
  /** Code of the relying party that called. */
  caller: code,
  /** Code of the service provider that it called for. */
  onBehalfOf: code.optional(),
  action: z.enum([
    'identification',
    'status_news',
    'translation',
    'bulk_match',
    'derived_credential',
    'serial_disclosure',
    'person_merge',
    'person_split',
    'person_retraction',
    'sector_change',
    'ppid_map',
    'erasure',
    'holder_view',
    'audit_view',
  ]),
  /** Why, in a word that the service provider's registration lists. */
  purpose: code,
  outcome: z.enum(['granted', 'refused']),
  /** 16 octets, lower-case hex; absent when nobody was found. */
  holderTag: z
    .string()
    .regex(/^[0-9a-f]{32}$/)
    .optional(),
});
export type AuditEntry = z.infer<typeof auditEntrySchema>;

/** An entry before it has its place in the chain. */
export type AuditDraft = Omit<AuditEntry, 'sequence'>;
