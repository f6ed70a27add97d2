import { authoritySchema, partitionSchema } from '@kakunin/certificates';
import { z } from 'zod';

/**
 * What the topic `crl-published` carries, for purge hooks of caches: pointers have moved. At least once: a publisher that dies
 * between the pointers and the event says it after its restart, also of pointers that it had not moved any more.
 */
export const crlPublishedSchema = z.object({
  type: z.literal('crl_published'),
  authorityId: authoritySchema.shape.authorityId,
  /** One number for all CRLs of one moment; digits. */
  crlNumber: z.string().regex(/^\d{1,48}$/),
  /** Labels of the partitions among them. */
  partitions: z.array(partitionSchema),
  /** Paths of pointers that lead elsewhere now, their PEM forms included, and of the manifest: what to purge. */
  paths: z.array(z.string()),
});
export type CrlPublished = z.infer<typeof crlPublishedSchema>;
