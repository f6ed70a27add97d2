import { z } from 'zod';
import { REVOCATION_REASONS, type RevocationReason } from './revocation-reason.ts';

const reasons = Object.keys(REVOCATION_REASONS) as [RevocationReason, ...RevocationReason[]];

/** Lower-case hexadecimal, no leading `0x`, no leading zeros, at most 20 octets (RFC 5280, 4.1.2.2). */
export const serialNumberSchema = z.string().regex(/^(0|[1-9a-f][0-9a-f]{0,39})$/);
/** SHA-256 of a certificate's DER, lower-case hexadecimal. */
export const fingerprintSchema = z.string().regex(/^[0-9a-f]{64}$/);
/**
 * Label of the part of an authority's CRL that lists a certificate, such as the code of a municipality; it stands in URLs. It
 * belongs to the certificate from its issuance on and never changes, wherever the holder moves.
 */
export const partitionSchema = z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/);
const instant = z.int().nonnegative();
const base64 = z.base64();

/**
 * How serial numbers map to ordinals of the status index.
 * - `sequential`: ordinal = serial − first; for authorities that count.
 * - `sealed`: the ordinal is decrypted from the serial number; for authorities whose serial numbers the registry allots.
 * - `random`: a hash table; for everyone else.
 */
export const serialSchemeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('sequential'), first: serialNumberSchema }),
  z.object({ kind: z.literal('sealed') }),
  z.object({ kind: z.literal('random') }),
]);
export type SerialScheme = z.infer<typeof serialSchemeSchema>;

/** An authority is one key: key generations of a family share a DN and are told apart by their key (and by `authorityId`). */
export const authoritySchema = z.object({
  authorityId: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/),
  certificateClass: z.enum(['signature', 'user-authentication']),
  /** DER of the authority's certificate, base64. */
  certificate: base64,
  serialScheme: serialSchemeSchema,
  /** Fingerprints go with the certificates, so that answers can prove by CertHash which certificate was issued. */
  certHash: z.boolean().optional(),
  /** Certificates have partitions, and their CRLs are published by partition too. */
  partitioned: z.boolean().optional(),
});
export type Authority = z.infer<typeof authoritySchema>;

export const certificateStatusSchema = z.discriminatedUnion('status', [
  z.object({ status: z.literal('good') }),
  z.object({
    /** `revoked` with the reason certificateHold is a hold, and the only revocation that can be taken back. */
    status: z.literal('revoked'),
    revocationDate: instant,
    reason: z.enum(reasons),
    invalidityDate: instant.optional(),
  }),
]);
export type CertificateStatus = z.infer<typeof certificateStatusSchema>;

/**
 * What `certificate-events` carries. `certificate_status` states the whole state of one certificate, so that a
 * replay changes nothing; the last one in order holds.
 */
export const certificateEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('authority_registered'), authority: authoritySchema }),
  z.object({
    type: z.literal('certificate_status'),
    authorityId: authoritySchema.shape.authorityId,
    serialNumber: serialNumberSchema,
    carrier: z.enum(['card', 'smartphone']),
    /** Epoch milliseconds, as all instants. */
    notAfter: instant,
    status: certificateStatusSchema,
    /** Only for authorities with `certHash`, and only once: an event without it leaves what an earlier one said. */
    fingerprint: fingerprintSchema.optional(),
    /** Only for authorities with `partitioned`, and only once: an event without it leaves what an earlier one said. */
    partition: partitionSchema.optional(),
  }),
  /** An operator's word that a poison event of this key was dealt with: the authority answers again. */
  z.object({
    type: z.literal('dead_letter_resolved'),
    authorityId: authoritySchema.shape.authorityId,
    partition: z.int().nonnegative(),
    offset: z.string().regex(/^\d+$/),
    /** Who resolved it and why, for the log. */
    note: z.string().max(500),
  }),
]);
export type CertificateEvent = z.infer<typeof certificateEventSchema>;

/**
 * "Everything acknowledged to the CA before `at` lies before these positions of certificate-events": published every
 * second by the registry. Who has read up to the positions knows the status as of `at`.
 */
export const statusWatermarkSchema = z.object({
  at: instant,
  positions: z.array(z.object({ partition: z.int().nonnegative(), nextOffset: z.string().regex(/^\d+$/) })),
});
export type StatusWatermark = z.infer<typeof statusWatermarkSchema>;
