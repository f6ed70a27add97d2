import type { Authority } from '@kakunin/certificates';
import type { StagedObject } from '@kakunin/objects';
import { crlKey, crlPointer, type CrlDescriptor, type CrlSeries } from '@kakunin/publication';
import { type Certificate, formatName, keyAlgorithmName } from '@kakunin/x509';

export interface DescriptionInput {
  readonly series: CrlSeries;
  readonly authority: Authority;
  readonly certificate: Certificate;
  readonly crlNumber: bigint;
  readonly staged: StagedObject;
}

type Identity = Omit<
  CrlDescriptor,
  'scheduled' | 'thisUpdate' | 'nextUpdate' | 'publishedAt' | 'nextPublication' | 'lastScheduledUpdate' | 'entries'
>;

/** Whose CRL it is, where it lies, and its octets. */
export const describeCrl = ({ series, authority, certificate, crlNumber, staged }: DescriptionInput): Identity => ({
  authorityId: authority.authorityId,
  certificateClass: authority.certificateClass,
  ...(series.partition !== undefined && { partition: series.partition }),
  kind: series.kind ?? 'complete',
  issuer: formatName(certificate.subject),
  keyAlgorithm: keyAlgorithmName(certificate.publicKey),
  crlNumber,
  bytes: staged.bytes,
  sha256: staged.sha256,
  url: `/${crlPointer(series)}`,
  immutableUrl: `/${crlKey(series, crlNumber)}`,
});
