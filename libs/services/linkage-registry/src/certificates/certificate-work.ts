import type { CertificateRecord, CertificatesError, CertificateStatus } from '@kakunin/certificates';
import type { LinkageError } from '@kakunin/linkage';
import type { PoolClient } from 'pg';
import type { CertificateNews } from '../news/news.ts';

/** What one caller wants to be written of certificates of one authority: all of it in one transaction, or nothing. */
export interface CertificateWork {
  readonly records: readonly CertificateRecord[];
  readonly changes: readonly StatusChange[];
  readonly alongside?: Alongside | undefined;
}

/** One certificate's way along its life cycle. */
export interface StatusChange {
  readonly serialNumber: string;
  /** The life cycle's answer to the present status; the same object when nothing changes. */
  readonly change: (current: CertificateStatus, now: number) => CertificateStatus;
  /** Announced also when nothing changes, for followers that could not apply an earlier event of the certificate. */
  readonly restated?: boolean;
}

/** What else is to become true in the transaction that registers certificates. */
export type Alongside = (client: PoolClient, outcomes: readonly RegistrationOutcome[]) => Promise<void>;

/** Why a part of a work is not done; the other parts are. */
export type Refusal = CertificatesError | LinkageError;

export type RegistrationOutcome = 'imported' | 'unchanged' | Refusal;

export interface StatusReached {
  readonly status: CertificateStatus;
  /** Absent when it was so before. */
  readonly turned?: CertificateNews['type'];
}

/** What became of a work, part by part. */
export interface WorkOutcome {
  readonly records: readonly RegistrationOutcome[];
  readonly changes: readonly (StatusReached | Refusal)[];
}
