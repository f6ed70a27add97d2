import type { Carrier, CertificateStatus } from '@kakunin/certificates';

/** A certificate while a transaction works on it: as stored, or new (no id yet). */
export interface CertificateDraft {
  certificateId?: string;
  readonly authorityId: string;
  readonly serialIndex: Buffer;
  fingerprintIndex?: Buffer;
  readonly carrier: Carrier;
  readonly notAfter: number;
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

  get(authorityId: string, serialIndex: Buffer): CertificateDraft | undefined {
    return this.#drafts.get(keyOf(authorityId, serialIndex));
  }

  add(draft: CertificateDraft): CertificateDraft {
    this.#drafts.set(keyOf(draft.authorityId, draft.serialIndex), draft);
    return draft;
  }

  all(): readonly CertificateDraft[] {
    return [...this.#drafts.values()];
  }
}

const keyOf = (authorityId: string, serialIndex: Buffer): string => `${authorityId}/${serialIndex.toString('base64')}`;
