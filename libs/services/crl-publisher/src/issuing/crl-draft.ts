import {
  deltaCrlIndicator,
  expiredCertsOnCrl,
  freshestCrl,
  issuingDistributionPoint,
  type ListedCertificate,
  type TbsCertList,
} from '@kakunin/crl';
import {
  crlInstants,
  type CrlScope,
  type ExpiryRule,
  isListed,
  type PublicationProfile,
  publicUrl,
} from '@kakunin/publication';
import type { FrozenRevocations } from '@kakunin/status-index';
import { type Certificate, type Extension, keyIdentifierOf } from '@kakunin/x509';

/** A complete CRL without its number. */
export type CrlDraft = Omit<TbsCertList, 'crlNumber' | 'entries'> & { readonly entries: Iterable<ListedCertificate> };

export interface DraftInput {
  readonly scope: CrlScope;
  /** Of the moment that `asOf` was read: date and entries belong together. */
  readonly revocations: FrozenRevocations;
  /** Of the scope's partition; undefined: all. */
  readonly ordinals: Uint32Array | undefined;
  readonly asOf: number;
  readonly certificate: Certificate;
  readonly rule: ExpiryRule;
  readonly profile: PublicationProfile;
  readonly now: number;
}

export function draftCrl(input: DraftInput): CrlDraft {
  const { scope, revocations, ordinals, asOf, certificate, rule, profile, now } = input;
  const isWanted = (entry: Parameters<typeof isListed>[0]): boolean => isListed(entry, rule);
  return {
    // The registry's clock may run ahead of ours; no CRL may be dated in the future.
    ...crlInstants(Math.min(asOf, now), profile.timing),
    issuer: certificate.subject,
    authorityKeyIdentifier: certificate.subjectKeyIdentifier ?? keyIdentifierOf(certificate.publicKey),
    entries: ordinals ? revocations.entriesOf(ordinals, isWanted) : revocations.entries(isWanted),
    extensions: [...scopeExtensions(scope, profile), ...completeExtensions(scope, profile)],
  };
}

/** The delta to a complete CRL, of the same scope and moment (RFC 5280, 5.2.4). */
export const draftDelta = (
  complete: CrlDraft,
  delta: { readonly entries: readonly ListedCertificate[]; readonly baseCrlNumber: bigint },
  scoped: Pick<DraftInput, 'scope' | 'profile'>,
): CrlDraft => ({
  ...complete,
  entries: delta.entries,
  extensions: [...scopeExtensions(scoped.scope, scoped.profile), deltaCrlIndicator(delta.baseCrlNumber)],
});

/** URL by which certificates and issuingDistributionPoint name a partition; undefined of a whole authority. */
export const distributionPointOf = (scope: CrlScope, profile: PublicationProfile): string | undefined =>
  scope.partition === undefined ? undefined : publicUrl(profile, scope);

/** The whole of an authority is all that it issues, unless its profile says otherwise, and needs no scope of its own. */
function scopeExtensions(scope: CrlScope, profile: PublicationProfile): readonly Extension[] {
  const point = distributionPointOf(scope, profile);
  const { onlyContains } = profile;
  if (point === undefined && onlyContains === undefined) return [];
  return [issuingDistributionPoint({ fullName: point === undefined ? [] : [point], onlyContains })];
}

const completeExtensions = (scope: CrlScope, profile: PublicationProfile): readonly Extension[] => [
  ...(profile.deltas ? [freshestCrl(publicUrl(profile, { ...scope, kind: 'delta' }))] : []),
  ...(profile.keepsExpiredSince === undefined ? [] : [expiredCertsOnCrl(profile.keepsExpiredSince)]),
];
