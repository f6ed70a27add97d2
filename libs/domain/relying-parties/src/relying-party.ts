import { z } from 'zod';

/** Stands for whoever asks an authority that is open to everybody: nobody can be registered under it, or billed. */
export const ANONYMOUS = 'anonymous';

/** Lower case, so that it never looks like the base64 of an OCSP request (which begins with `M`) in a URL path. */
export const relyingPartyCodeSchema = z.string().regex(/^(?!anonymous$)[a-z0-9][a-z0-9-]{0,31}$/);

/**
 * What a credential may do. Deny by default: see docs/reference/roles.md.
 * - `service_provider`: one that was notified (届出) and calls the registry itself, beside its platform provider
 * - `serial_recipient`: a service provider that may be told serial numbers, where the law lets it
 * - `auditor`: reads the audit log, and nothing else
 */
export const ROLES = [
  'platform_provider',
  'certificate_authority',
  'finance',
  'operator',
  'service_provider',
  'serial_recipient',
  'auditor',
] as const;
export type Role = (typeof ROLES)[number];
/** All that a service provider can hold; nobody else can hold them. */
export const SERVICE_PROVIDER_ROLES: readonly Role[] = ['service_provider', 'serial_recipient'];

/** A client certificate, known by its SHA-256 over the DER (lower-case hex). */
export const credentialSchema = z.object({
  fingerprint: z.string().regex(/^[0-9a-f]{64}$/),
  notBefore: z.int(),
  notAfter: z.int(),
  /** Set when the credential was withdrawn (epoch ms). */
  revokedAt: z.int().optional(),
});
export type Credential = z.infer<typeof credentialSchema>;

/**
 * Who asks: a platform provider (PF), a service provider (SP) behind one, or an office (CA, finance, operator) that
 * only holds credentials.
 */
export const relyingPartySchema = z.object({
  code: relyingPartyCodeSchema,
  /** As shown on statements. */
  name: z.string().min(1).max(200),
  kind: z.enum(['platform_provider', 'service_provider', 'office']),
  /** Only for a service provider: the platform provider that it stands behind. */
  platformProvider: relyingPartyCodeSchema.optional(),
  roles: z.array(z.enum(ROLES)),
  credentials: z.array(credentialSchema),
});
export type RelyingParty = z.infer<typeof relyingPartySchema>;

/** What `relying-party-events` carries: the whole party, the last one of a code holds. */
export const relyingPartyEventSchema = z.object({ type: z.literal('relying_party'), party: relyingPartySchema });
export type RelyingPartyEvent = z.infer<typeof relyingPartyEventSchema>;
