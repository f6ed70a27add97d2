import type { Clock } from '@kakunin/calendar';
import { OBJECT_STORE } from '@kakunin/object-store';
import type { ObjectStore } from '@kakunin/objects';
import { CLOCK, provideProblems } from '@kakunin/runtime';
import { SigningCredentials } from '@kakunin/signing-keys';
import { StatusFeed } from '@kakunin/status-feed';
import type { Provider } from '@nestjs/common';
import { ArchiveAudit } from '../archive/archive-audit.ts';
import { ArchivedCrls } from '../archive/archived-crls.ts';
import { CrlArchive } from '../archive/crl-archive.ts';
import { EvidenceBundles } from './evidence-bundles.ts';
import { PastStatuses } from './past-status.ts';
import { TimeStamper } from './time-stamper.ts';

/** Evidence out of the archive, and the audit of that. */
export const provideEvidence = ({ tsaUrl }: { readonly tsaUrl?: string | undefined }): Provider[] => [
  problems,
  {
    provide: PastStatuses,
    inject: [CrlArchive, ArchivedCrls],
    useFactory: (archive: CrlArchive, archived: ArchivedCrls) => new PastStatuses(archive, archived),
  },
  {
    provide: EvidenceBundles,
    inject: [OBJECT_STORE, StatusFeed, PastStatuses, ArchivedCrls, SigningCredentials, CLOCK],
    useFactory: (...[store, feed, statuses, archived, signers, clock]: BundleDependencies) =>
      new EvidenceBundles({
        store,
        feed,
        statuses,
        archived,
        signerOf: async (authorityId) => signers.get(authorityId),
        timeStamper: tsaUrl === undefined ? undefined : new TimeStamper(tsaUrl),
        clock,
      }),
  },
  {
    provide: ArchiveAudit,
    inject: [OBJECT_STORE, CrlArchive, ArchivedCrls],
    useFactory: (store: ObjectStore, archive: CrlArchive, archived: ArchivedCrls) =>
      new ArchiveAudit({ store, archive, archived }),
  },
];

type BundleDependencies = [ObjectStore, StatusFeed, PastStatuses, ArchivedCrls, SigningCredentials, Clock];

const problems = provideProblems({
  not_ready: { status: 503, title: 'The registrations are still being read' },
  authority_unknown: { status: 404, title: 'No such authority' },
  certificate_of_another_authority: { status: 422, title: 'The certificate is of another authority' },
  certificate_unknown: { status: 404, title: 'The certificate is not known' },
  malformed_certificate: { status: 422, title: 'That is no certificate' },
  certificate_not_valid_then: { status: 422, title: 'The certificate was not valid then' },
  moment_in_future: { status: 422, title: 'The moment lies in the future' },
  no_crl_then: { status: 404, title: 'There was no CRL then' },
  crl_lapsed_then: { status: 404, title: 'There was no CRL in force then' },
  signer_unavailable: { status: 503, title: 'No OCSP answer can be signed' },
  timestamp_unavailable: { status: 503, title: 'The time-stamping authority is away' },
  timestamp_refused: { status: 503, title: 'The time-stamping authority refuses' },
  malformed_record: { status: 500, title: 'The archive is damaged' },
  malformed_bundle: { status: 500, title: 'Kept evidence is damaged' },
  too_large: { status: 500, title: 'The evidence is too large for one file' },
});
