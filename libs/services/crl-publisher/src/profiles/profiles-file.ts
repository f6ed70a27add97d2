import { authoritySchema } from '@kakunin/certificates';
import { z } from 'zod';

const DAY = 86_400;
const seconds = (from: number, to: number) => z.int().min(from).max(to).optional();

/** How the public reaches us: certificates and CRLs name their CRLs by it, so it is written down once and never changed. */
const baseUrl = z
  .url({ protocol: /^https?$/ })
  .refine((url) => !/[/?#]$|[?#]/.test(url), { error: 'must end without a slash, query or fragment' });

/** Of one authority; what is absent is as the environment says, or as for all. */
const authorityProfileSchema = z.strictObject({
  periodSeconds: seconds(1, 7 * DAY),
  validitySeconds: seconds(2, 90 * DAY),
  overlapSeconds: seconds(0, 30 * DAY),
  /** The longest wait from a revocation to the start of the CRL that shows it. */
  revocationDelayMilliseconds: z.int().min(0).max(3_600_000).optional(),
  publicBaseUrl: baseUrl.optional(),
  deltas: z.boolean().optional(),
  /** Of an authority with partitions: whether one CRL of all is published too. */
  whole: z.boolean().optional(),
  onlyContains: z.enum(['userCerts', 'caCerts', 'attributeCerts']).optional(),
  /** How long the files of a CRL stay after it was published; records stay for ever. */
  filesKeptDays: z.int().min(1).max(36_500).optional(),
  keepsExpiredSince: z.iso.datetime({ offset: true }).optional(),
});
export type AuthorityProfile = z.infer<typeof authorityProfileSchema>;

/** `KAKUNIN_CRL_PROFILES_FILE`, JSON: what holds for all, and by authority id what is different there. */
export const profilesFileSchema = z.strictObject({
  all: authorityProfileSchema.default({}),
  authorities: z.record(authoritySchema.shape.authorityId, authorityProfileSchema).default({}),
});
export type ProfilesFile = z.infer<typeof profilesFileSchema>;
