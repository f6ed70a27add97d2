import type { ListedCertificate, TbsCertList } from '@kakunin/crl';
import { type CrlDescriptor, crlInstants, isListed, type PublicationTiming } from '@kakunin/publication';
import type { FrozenRevocations } from '@kakunin/status-index';
import { type Certificate, keyIdentifierOf } from '@kakunin/x509';

/** A CRL without its number. */
export type CrlDraft = Omit<TbsCertList, 'crlNumber' | 'entries'> & { readonly entries: Iterable<ListedCertificate> };

export interface DraftInput {
  /** Of the moment that `asOf` was read: date and entries belong together. */
  readonly revocations: FrozenRevocations;
  readonly asOf: number;
  readonly certificate: Certificate;
  readonly previous: CrlDescriptor | undefined;
  readonly timing: PublicationTiming;
  readonly now: number;
}

export function draftCrl({ revocations, asOf, certificate, previous, timing, now }: DraftInput): CrlDraft {
  return {
    // The registry's clock may run ahead of ours; no CRL may be dated in the future.
    ...crlInstants(Math.min(asOf, now), timing),
    issuer: certificate.subject,
    authorityKeyIdentifier: certificate.subjectKeyIdentifier ?? keyIdentifierOf(certificate.publicKey),
    entries: revocations.entries((entry) => isListed(entry, previous?.lastScheduledUpdate)),
  };
}
