import { type CrlSeries, crlPointer } from './crl-keys.ts';
import type { PublicationTiming } from './timing.ts';

/** How the CRLs of one authority are published. */
export interface PublicationProfile {
  readonly timing: PublicationTiming;
  /** URL in front of the paths, as the public sees it, without a slash at its end; partitions and deltas need it. */
  readonly publicBaseUrl?: string | undefined;
  /** Whether there are deltas beside the complete CRLs. */
  readonly deltas: boolean;
  /** Of an authority with partitions: whether all its certificates are on one CRL too, made with the scheduled ones. */
  readonly whole: boolean;
  /** The one kind of certificates that the authority's CRLs are about (RFC 5280, 5.2.5); absent: all that it issues. */
  readonly onlyContains?: 'userCerts' | 'caCerts' | 'attributeCerts' | undefined;
  /** Certificates that expire from this instant on (epoch ms) stay listed (X.509, 9.5.2.8); absent: they leave. */
  readonly keepsExpiredSince?: number | undefined;
}

/** URL of a series as certificates and CRLs name it. */
export const publicUrl = (
  { publicBaseUrl = '' }: Pick<PublicationProfile, 'publicBaseUrl'>,
  series: CrlSeries,
): string => `${publicBaseUrl}/${crlPointer(series)}`;

/**
 * Whether an authority's CRLs come by partition: without a public URL nobody could name them.
 * @param authority as it was registered
 */
export const hasPartitions = (
  authority: { readonly partitioned?: boolean | undefined },
  { publicBaseUrl }: Pick<PublicationProfile, 'publicBaseUrl'>,
): boolean => authority.partitioned === true && publicBaseUrl !== undefined;

/** What contradicts itself in a profile, beside its timing; for people, without a full stop. */
export function profileProblems({ publicBaseUrl, deltas, whole }: PublicationProfile): readonly string[] {
  const problems: string[] = [];
  if (deltas && publicBaseUrl === undefined)
    problems.push('deltas need publicBaseUrl, for freshestCRL names them by it');
  if (!whole && publicBaseUrl === undefined) {
    problems.push('without the whole CRL there must be partitions, and those need publicBaseUrl');
  }
  return problems;
}
