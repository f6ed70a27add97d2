import { createHash } from 'node:crypto';
import { z } from 'zod';
import { EvidenceError } from '../evidence-error.ts';
import type { BundleFile } from './evidence-manifest.ts';

const FORMAT = 'kakunin-evidence-1';

const keptSchema = z.object({
  format: z.literal(FORMAT),
  /** In the order of the archive. */
  files: z.array(z.object({ name: z.string(), content: z.base64() })),
  /** Rebuilt, and put behind the files. */
  crls: z.array(z.object({ name: z.string(), key: z.string(), bytes: z.int(), sha256: z.string() })),
});

/** What of a bundle is kept for ever, so that it never changes: all but its CRLs, which are named. */
export interface KeptBundle {
  readonly files: readonly BundleFile[];
  readonly crls: readonly {
    readonly name: string;
    readonly key: string;
    readonly bytes: number;
    readonly sha256: string;
  }[];
}

/** Octets in which a bundle is kept. */
export function encodeKeptBundle({ files, crls }: KeptBundle): Uint8Array {
  const encoded = files.map(({ name, content }) => ({ name, content: Buffer.from(content).toString('base64') }));
  return Buffer.from(`${JSON.stringify({ format: FORMAT, files: encoded, crls })}\n`);
}

/** @throws EvidenceError `malformed_bundle` when it was damaged or altered */
export function decodeKeptBundle(octets: Uint8Array): KeptBundle {
  try {
    const { files, crls } = keptSchema.parse(JSON.parse(Buffer.from(octets).toString('utf8')));
    return { crls, files: files.map(({ name, content }) => ({ name, content: Buffer.from(content, 'base64') })) };
  } catch (cause) {
    throw new EvidenceError('malformed_bundle', 'Kept evidence is damaged.', { cause });
  }
}

const manifestSchema = z.object({
  files: z.array(z.object({ name: z.string(), bytes: z.int(), sha256: z.string() })),
});

/** Names of the files that are not what the bundle's manifest says, or not there. @throws EvidenceError `malformed_bundle` */
export function alteredFiles({ files, crls }: KeptBundle): readonly string[] {
  const manifest = files.find(({ name }) => name === 'manifest.json');
  const listed = manifestSchema.safeParse(manifest && JSON.parse(Buffer.from(manifest.content).toString('utf8')));
  if (!listed.success) return ['manifest.json'];
  const hashes = new Map(files.map(({ name, content }) => [name, createHash('sha256').update(content).digest('hex')]));
  for (const { name, sha256 } of crls) hashes.set(name, sha256);
  return listed.data.files.filter(({ name, sha256 }) => hashes.get(name) !== sha256).map(({ name }) => name);
}

/** Where the evidence about a certificate (DER) and a moment (epoch ms, whole seconds) is kept; the name gives neither away. */
export function bundleKey(authorityId: string, certificate: Uint8Array, at: number): string {
  const hash = createHash('sha256')
    .update(certificate)
    .update(`\n${at / 1_000}`)
    .digest('hex');
  return `evidence/${authorityId}/bundles/${hash}.json`;
}
