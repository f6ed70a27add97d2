import type { RevokedCertificate, TbsCertList } from '@kakunin/crl';
import { type CrlDescriptor, crlInstants, listedEntries, type PublicationTiming } from '@kakunin/publication';
import { type Certificate, keyIdentifierOf } from '@kakunin/x509';
import type { AuthorityStatus } from '@kakunin/status-feed';

/** A CRL without its number: taken from the status data without yielding, so that date and entries belong together. */
export type CrlDraft = Omit<TbsCertList, 'crlNumber' | 'entries'> & {
  readonly entries: readonly RevokedCertificate[];
};

export interface DraftInput {
  readonly status: AuthorityStatus;
  readonly certificate: Certificate;
  readonly previous: CrlDescriptor | undefined;
  readonly timing: PublicationTiming;
  readonly now: number;
}

export function draftCrl({ status, certificate, previous, timing, now }: DraftInput): CrlDraft {
  return {
    // The registry's clock may run ahead of ours; no CRL may be dated in the future.
    ...crlInstants(Math.min(status.asOf, now), timing),
    issuer: certificate.subject,
    authorityKeyIdentifier: certificate.subjectKeyIdentifier ?? keyIdentifierOf(certificate.publicKey),
    entries: listedEntries(status.index.revokedEntries(), previous?.lastScheduledUpdate),
  };
}
