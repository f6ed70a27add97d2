import type { LinkageEvent, PersonEvent } from '@kakunin/linkage';

/** Something happened to a certificate: those are told that were shown it, or one that it took the place of. */
export interface CertificateNews {
  readonly type: LinkageEvent['type'];
  readonly certificateId: string;
}

/** The person is being forgotten: whatever rests on these certificates ends. */
export interface ErasedCertificate {
  readonly type: 'erased';
  readonly certificateId: string;
}

/** What its own authority said of a derived credential that is a certificate, and is not registered. */
export interface CredentialNews {
  readonly type: 'credential_revoked' | 'credential_held' | 'credential_released';
  readonly credentialId: string;
}

/** What is told of a person, in the names of the one service provider that is told. */
export type PersonNews = PersonEvent;

export type News = CertificateNews | ErasedCertificate | PersonNews;
