/**
 * - `record_missing`: another record names it, or its CRL is public, and it is not there.
 * - `record_damaged`: it cannot be read.
 * - `record_altered`: it is not the one that another record names.
 * - `order_broken`: its place or number does not follow.
 * - `crl_differs`: what is made of it is not the CRL that was published.
 * - `signature_wrong`: that CRL is not signed by the authority, or has another number.
 * - `file_missing`, `file_altered`: the published file, which is no copy of its record.
 * - `bundle_damaged`, `bundle_altered`: kept evidence.
 * - `record_unlinked` (no fault): a record that no newer one names: its CRL was signed and never became the newest.
 */
export type AuditFault =
  | 'record_missing'
  | 'record_damaged'
  | 'record_altered'
  | 'order_broken'
  | 'crl_differs'
  | 'signature_wrong'
  | 'file_missing'
  | 'file_altered'
  | 'bundle_damaged'
  | 'bundle_altered';

export interface AuditFinding {
  readonly finding: AuditFault | 'record_unlinked';
  /** Key of the CRL, or of the bundle, in the store. */
  readonly key: string;
}

export interface AuditSummary {
  readonly authorityId: string;
  readonly series: number;
  readonly records: number;
  readonly bundles: number;
  readonly faults: number;
  /** SHA-256 of the newest record of each series, by the key of its CRL: kept elsewhere, it shows that nothing before was altered. */
  readonly heads: Readonly<Record<string, string>>;
}

export const isFault = ({ finding }: AuditFinding): boolean => finding !== 'record_unlinked';
