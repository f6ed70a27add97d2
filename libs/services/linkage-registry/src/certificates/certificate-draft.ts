import type { Carrier, CertificateStatus } from '@kakunin/certificates';

/** What a certificate is found by: its authority and the blind index of its serial number. */
export interface CertificateName {
  readonly authorityId: string;
  readonly serialIndex: Buffer;
}

/** A certificate while a transaction works on it: as stored, or new (no id yet). */
export interface CertificateDraft extends CertificateName {
  certificateId?: string;
  fingerprintIndex?: Buffer;
  readonly carrier: Carrier;
  readonly notAfter: number;
  /** Of its CRL; only of authorities with partitions. */
  readonly partition?: string;
  status: CertificateStatus;
  /** Since when the status holds (epoch ms). */
  statusSince: number;
  personId?: string;
  readonly predecessors: Set<CertificateDraft>;
  /** Set when the row has to be written; only known ones. */
  changed?: true;
}

/** Finds drafts by authority and serial index. */
export class CertificateDrafts {
  readonly #drafts = new Map<string, CertificateDraft>();

  get(name: CertificateName): CertificateDraft | undefined {
    return this.#drafts.get(keyOf(name));
  }

  add(draft: CertificateDraft): CertificateDraft {
    this.#drafts.set(keyOf(draft), draft);
    return draft;
  }

  all(): readonly CertificateDraft[] {
    return [...this.#drafts.values()];
  }
}

const keyOf = ({ authorityId, serialIndex }: CertificateName): string =>
  `${authorityId}/${serialIndex.toString('base64')}`;
