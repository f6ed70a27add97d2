import type { CrlManifest } from '@kakunin/publication';
import type { StatusData, UsageToday } from './reported.ts';
import type { Sourced } from './source.ts';
import type { TestCertificate } from './test-certificates.ts';

/** Everything that the page shows, as of one moment. */
export interface PageModel {
  /** Epoch milliseconds. */
  readonly now: number;
  readonly manifest: Sourced<CrlManifest>;
  readonly statusData: Sourced<StatusData>;
  readonly usage: Sourced<UsageToday>;
  /** None where no directory of them is configured. */
  readonly testCertificates: Sourced<readonly TestCertificate[]>;
  /** Where verifiers send OCSP requests. */
  readonly ocspUrl: string;
}
