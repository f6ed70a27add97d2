import type { Carrier, CertificateStatus, RevocationReason } from '@kakunin/certificates';
import type { CertificateDraft } from './certificate-draft.ts';

/** A row as pg gives it: bigint columns come as text. */
export interface CertificateRow {
  readonly certificate_id: string;
  readonly authority_id: string;
  readonly serial_index: Buffer;
  readonly fingerprint_index: Buffer | null;
  readonly carrier: Carrier;
  readonly not_after: string;
  readonly status: 'good' | 'revoked';
  readonly revocation_date: string | null;
  readonly reason: RevocationReason | null;
  readonly invalidity_date: string | null;
  readonly status_since: string;
  readonly person_id: string | null;
  readonly crl_partition: string | null;
}

export const CERTIFICATE_COLUMNS = `certificate_id, authority_id, serial_index, fingerprint_index, carrier, not_after, status,
  revocation_date, reason, invalidity_date, status_since, person_id, crl_partition`;

export type StatusRow = Pick<CertificateRow, 'status' | 'revocation_date' | 'reason' | 'invalidity_date'>;

export function statusOf({ revocation_date, reason, invalidity_date }: StatusRow): CertificateStatus {
  if (revocation_date === null || reason === null) return { status: 'good' };
  return {
    status: 'revoked',
    revocationDate: Number(revocation_date),
    reason,
    ...(invalidity_date !== null && { invalidityDate: Number(invalidity_date) }),
  };
}

export const draftOf = (row: CertificateRow): CertificateDraft => ({
  certificateId: row.certificate_id,
  authorityId: row.authority_id,
  serialIndex: row.serial_index,
  ...(row.fingerprint_index && { fingerprintIndex: row.fingerprint_index }),
  carrier: row.carrier,
  notAfter: Number(row.not_after),
  status: statusOf(row),
  statusSince: Number(row.status_since),
  ...(row.person_id !== null && { personId: row.person_id }),
  ...(row.crl_partition !== null && { partition: row.crl_partition }),
  predecessors: new Set(),
});

/** Columns for `unnest`, in the order of the statements in the store. */
export function columnsOf(drafts: readonly CertificateDraft[]) {
  const revoked = drafts.map(({ status }) => (status.status === 'revoked' ? status : undefined));
  return {
    fingerprintIndex: drafts.map((draft) => draft.fingerprintIndex ?? null),
    status: drafts.map(({ status }) => status.status),
    revocationDate: revoked.map((status) => status?.revocationDate ?? null),
    reason: revoked.map((status) => status?.reason ?? null),
    invalidityDate: revoked.map((status) => status?.invalidityDate ?? null),
    statusSince: drafts.map(({ statusSince }) => statusSince),
    personId: drafts.map((draft) => draft.personId ?? null),
  };
}
