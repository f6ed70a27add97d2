import { createHash } from 'node:crypto';
import type { CertStatus } from '@kakunin/ocsp';
import { type CrlDescriptor } from '@kakunin/publication';
import { formatJst } from '@kakunin/calendar';

/** A file of a bundle that is kept as it is. */
export interface BundleFile {
  readonly name: string;
  readonly content: Uint8Array;
}

/** A CRL of a bundle, which is rebuilt whenever the bundle is given. */
export interface BundleCrl {
  readonly name: 'crl.crl' | 'delta.crl';
  readonly descriptor: CrlDescriptor;
}

/** What a bundle shows. */
export interface EvidenceStatement {
  /** Epoch ms, whole seconds. */
  readonly at: number;
  readonly certStatus: CertStatus;
  /** Of the OCSP answer. */
  readonly producedAt: number;
  readonly thisUpdate: number;
  readonly crls: readonly BundleCrl[];
  /** All but the manifest. */
  readonly files: readonly BundleFile[];
}

const iso = (instant: number): string => new Date(instant).toISOString().replace('.000Z', 'Z');

/** `manifest.json`: what a bundle shows, and the SHA-256 of every other file in it. */
export function evidenceManifest(evidence: EvidenceStatement): BundleFile {
  const { at, certStatus, producedAt, thisUpdate, crls, files } = evidence;
  const manifest = {
    format: 'kakunin-evidence-1',
    authority: crls[0]?.descriptor.authorityId,
    at: iso(at),
    atJst: formatJst(at),
    status: {
      ...certStatus,
      ...(certStatus.status === 'revoked' && { revocationTime: iso(certStatus.revocationTime) }),
      thisUpdate: iso(thisUpdate),
    },
    ocspResponse: { producedAt: iso(producedAt) },
    crls: crls.map(({ name, descriptor }) => ({ file: name, ...describe(descriptor) })),
    files: [
      ...files.map(({ name, content }) => ({
        name,
        bytes: content.length,
        sha256: createHash('sha256').update(content).digest('hex'),
      })),
      ...crls.map(({ name, descriptor: { bytes, sha256 } }) => ({ name, bytes, sha256 })),
    ],
  };
  return { name: 'manifest.json', content: Buffer.from(`${JSON.stringify(manifest, undefined, 2)}\n`) };
}

const describe = (crl: CrlDescriptor) => ({
  kind: crl.kind,
  partition: crl.partition,
  crlNumber: crl.crlNumber.toString(),
  baseCrlNumber: crl.baseCrlNumber?.toString(),
  thisUpdate: iso(crl.thisUpdate),
  nextUpdate: iso(crl.nextUpdate),
  publishedAt: iso(crl.publishedAt),
});
