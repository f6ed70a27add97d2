import { z } from 'zod';
import { authoritySchema } from '@kakunin/certificates';

/** Epoch milliseconds here, RFC 3339 in JSON. */
const instant = z.codec(z.iso.datetime(), z.int(), {
  decode: (text) => Date.parse(text),
  encode: (milliseconds) => new Date(milliseconds).toISOString(),
});

/** RFC 5280, 5.2.3: at most 20 octets; digits in JSON, for it may outgrow a double. */
const crlNumber = z.codec(z.string().regex(/^\d{1,48}$/), z.bigint(), {
  decode: (digits) => BigInt(digits),
  encode: (number) => number.toString(),
});

/** What a published CRL is, in a file of its own beside it (`crl/<authority>/<number>.json`). */
export const crlDescriptorSchema = z.object({
  authorityId: authoritySchema.shape.authorityId,
  certificateClass: authoritySchema.shape.certificateClass,
  /** Distinguished name of the issuer, in the order of RFC 4514, for people to read. */
  issuer: z.string(),
  /** Key of the issuer for people to read, such as `RSA 2048` or `EC P-256`. */
  keyAlgorithm: z.string(),
  crlNumber,
  /** False for a CRL that a revocation brought about between two scheduled ones. */
  scheduled: z.boolean(),
  thisUpdate: instant,
  nextUpdate: instant,
  publishedAt: instant,
  /** When the next scheduled CRL is due: how long a cache may keep this one. */
  nextPublication: instant,
  /** When the last scheduled CRL, this one included, was dated: what has expired before it may leave. */
  lastScheduledUpdate: instant,
  entries: z.int().nonnegative(),
  bytes: z.int().positive(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** Path of the newest CRL of the authority. */
  url: z.string(),
  /** Path under which exactly this CRL stays. */
  immutableUrl: z.string(),
});
export type CrlDescriptor = z.output<typeof crlDescriptorSchema>;

/** `crl/manifest.json`: the newest CRL of every authority. */
export const crlManifestSchema = z.object({ crls: z.array(crlDescriptorSchema) });
export type CrlManifest = z.output<typeof crlManifestSchema>;

const utf8 = new TextEncoder();
const json = (value: unknown): Uint8Array => utf8.encode(`${JSON.stringify(value, undefined, 2)}\n`);

export const encodeCrlDescriptor = (descriptor: CrlDescriptor): Uint8Array =>
  json(z.encode(crlDescriptorSchema, descriptor));

export const encodeCrlManifest = (manifest: CrlManifest): Uint8Array => json(z.encode(crlManifestSchema, manifest));

/** @throws ZodError when the text is not a descriptor */
export const decodeCrlDescriptor = (text: string): CrlDescriptor => z.decode(crlDescriptorSchema, JSON.parse(text));

/** @throws ZodError when the text is not a manifest */
export const decodeCrlManifest = (text: string): CrlManifest => z.decode(crlManifestSchema, JSON.parse(text));
