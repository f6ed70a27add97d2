import { z } from 'zod';

const purposeSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,63}$/)
  .describe('Why the person is asked about, in one word; it stands in the audit log.');

/** What proves that the certificate was presented: a signature of its holder, or no more than that the PF provider checked it. */
export const proofKindSchema = z.enum(['possession', 'check']);
export type ProofKind = z.infer<typeof proofKindSchema>;

export const identificationPolicySchema = z.strictObject({
  purposes: z
    .array(z.strictObject({ purpose: purposeSchema, proofs: z.array(proofKindSchema).min(1) }))
    .min(1)
    .max(50)
    .refine((purposes) => new Set(purposes.map(({ purpose }) => purpose)).size === purposes.length, {
      message: 'Each purpose once.',
    }),
  says: z
    .enum(['status', 'usable', 'nothing'])
    .describe(
      '`status`: good, revoked or held, and since when. `usable`: whether it is good. `nothing`: nobody is named by a certificate that is not good.',
    ),
});
export type IdentificationPolicy = z.infer<typeof identificationPolicySchema>;

export const DEFAULT_PURPOSE = 'login';

/** Of a service provider for which nothing was said: persons that sign, for one purpose. */
export const DEFAULT_POLICY: IdentificationPolicy = {
  purposes: [{ purpose: DEFAULT_PURPOSE, proofs: ['possession'] }],
  says: 'status',
};

export const admits = ({ purposes }: IdentificationPolicy, purpose: string, proof: ProofKind): boolean =>
  purposes.some((each) => each.purpose === purpose && each.proofs.includes(proof));

export { purposeSchema };
