import { z } from 'zod';
import { crlDescriptorSchema, crlPatchSchema } from './crl-descriptor.ts';

/** A version of a CRL that a relying party may hold. */
export const crlVersionSchema = crlDescriptorSchema.pick({
  crlNumber: true,
  scheduled: true,
  publishedAt: true,
  bytes: true,
  sha256: true,
});
export type CrlVersion = z.output<typeof crlVersionSchema>;

/** The patches that make one CRL, and what the patches to the next one may start from. */
export const patchListSchema = z.object({
  crlNumber: crlVersionSchema.shape.crlNumber,
  patches: z.array(crlPatchSchema),
  /** Newest first, the CRL itself included. */
  versions: z.array(crlVersionSchema),
});
export type PatchList = z.output<typeof patchListSchema>;

export const encodePatchList = (list: PatchList): Uint8Array =>
  new TextEncoder().encode(`${JSON.stringify(z.encode(patchListSchema, list), undefined, 2)}\n`);

/** @throws ZodError, SyntaxError when the text is no list of patches */
export const decodePatchList = (text: string): PatchList => z.decode(patchListSchema, JSON.parse(text));

/** For whom patches are made. */
export interface PatchPolicy {
  /** So many of the newest predecessors, whatever brought them about: for who comes often. */
  readonly recent: number;
  /** And the scheduled ones that were published within this time: for who comes once a day. Milliseconds. */
  readonly age: number;
}

/**
 * The versions that patches are made from, of those that were published before; newest first.
 * @param now epoch ms
 */
export const patchSources = (
  versions: readonly CrlVersion[],
  { recent, age }: PatchPolicy,
  now: number,
): readonly CrlVersion[] =>
  versions.filter(({ scheduled, publishedAt }, at) => at < recent || (scheduled && publishedAt >= now - age));
