import { z } from 'zod';
import { authoritySchema, partitionSchema } from '@kakunin/certificates';

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

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** What a published CRL is, in a file of its own beside it (`crl/<authority>/<number>.json`). */
export const crlDescriptorSchema = z.object({
  authorityId: authoritySchema.shape.authorityId,
  certificateClass: authoritySchema.shape.certificateClass,
  /** Label of the partition that it is about; absent: all certificates of the authority. */
  partition: partitionSchema.optional(),
  /** Absent in descriptors of before there were deltas. */
  kind: z.enum(['complete', 'delta']).default('complete'),
  /** Distinguished name of the issuer, in the order of RFC 4514, for people to read. */
  issuer: z.string(),
  /** Key of the issuer for people to read, such as `RSA 2048` or `EC P-256`. */
  keyAlgorithm: z.string(),
  crlNumber,
  /** Of a delta: the complete CRL of the same scope that it says the changes to (RFC 5280, 5.2.4). */
  baseCrlNumber: crlNumber.optional(),
  /** Of a complete CRL: the newest scheduled one of its scope, it included, to which the next delta is made. */
  lastScheduledNumber: crlNumber.optional(),
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
  sha256,
  /** Path of the newest CRL of this scope and kind. */
  url: z.string(),
  /** Path under which exactly this CRL stays. */
  immutableUrl: z.string(),
});
export type CrlDescriptor = z.output<typeof crlDescriptorSchema>;

/** Makes a CRL of its predecessor of the same series, bit for bit (RFC 9842, `dcz`). */
export const crlPatchSchema = z.object({
  /** Number of the CRL that is the dictionary. */
  from: crlNumber,
  url: z.string(),
  bytes: z.int().positive(),
  /** Of the patch itself; that of the result is the CRL's. */
  sha256,
});
export type CrlPatch = z.output<typeof crlPatchSchema>;

export const listedCrlSchema = crlDescriptorSchema.extend({ patches: z.array(crlPatchSchema).optional() });
/** A CRL as the manifest lists it. */
export type ListedCrl = z.output<typeof listedCrlSchema>;

const blindListFileSchema = z.object({
  number: z.int().positive(),
  /** Its signature lies under the same path with `.sig`. */
  url: z.string(),
  bytes: z.int().positive(),
  sha256,
});
export type BlindListFile = z.output<typeof blindListFileSchema>;

/** The blind list of an authority (docs/reference/blind-list.md): a full list, and the deltas since in their order. */
export const listedBlindListSchema = z.object({
  authorityId: authoritySchema.shape.authorityId,
  thisUpdate: instant,
  nextUpdate: instant,
  issuedBefore: instant,
  full: blindListFileSchema,
  deltas: z.array(blindListFileSchema),
});
export type ListedBlindList = z.output<typeof listedBlindListSchema>;

/** `crl/manifest.json`: the newest CRL and the newest delta of every authority and partition. */
export const crlManifestSchema = z.object({
  crls: z.array(listedCrlSchema),
  /** Those of authorities that have one. */
  blindLists: z.array(listedBlindListSchema).optional(),
  /** SHA-256 of the key that signs the manifest (SubjectPublicKeyInfo): another key makes another manifest. */
  signingKey: sha256.optional(),
});
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
