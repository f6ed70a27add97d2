import type { CertificateState } from '@kakunin/status-index';
import type { Carrier, CertificateClass, Outcome, Purpose, UsageEvent, UsageJournal } from '@kakunin/usage';
import type { CertificateDigest } from './certificate-digest.ts';
import { requestDigest } from './request-digest.ts';

/** What an answer about certificates of one authority counts as. */
export interface AnsweredRequest {
  readonly now: number;
  readonly platformProvider: string;
  readonly serviceProvider: string;
  readonly purpose: Purpose;
  readonly body: Uint8Array;
  readonly hasNonce: boolean;
  readonly authority: { readonly authorityId: string; readonly certificateClass: CertificateClass };
  readonly subjects: readonly {
    readonly certId: { readonly serialNumber: Uint8Array };
    readonly state: CertificateState;
  }[];
}

/** Turns answers into usage, and usage into a durable record. */
export class UsageRecorder {
  readonly #journal: UsageJournal;
  readonly #certificateDigest: CertificateDigest;

  constructor(journal: UsageJournal, certificateDigest: CertificateDigest) {
    this.#journal = journal;
    this.#certificateDigest = certificateDigest;
  }

  /**
   * A repeated request is recognised by its digest, and was recorded the first time.
   * @returns what the answer counts as, one event a SingleResponse, durable when the promise resolves
   * @throws UsageError `journal_unavailable`
   */
  async record(request: AnsweredRequest): Promise<readonly UsageEvent[]> {
    const events = this.#eventsOf(request);
    await this.#journal.record(events);
    return events;
  }

  #eventsOf(request: AnsweredRequest): readonly UsageEvent[] {
    const { authorityId, certificateClass } = request.authority;
    const digest = requestDigest(request);
    return request.subjects.map(({ certId, state }) => ({
      time: request.now,
      platformProvider: request.platformProvider,
      serviceProvider: request.serviceProvider,
      authorityId,
      certificateClass,
      channel: 'ocsp',
      purpose: request.purpose,
      ...countedAs(state),
      requestDigest: digest,
      certificateDigest: this.#certificateDigest.of(authorityId, certId.serialNumber),
    }));
  }
}

/** Nobody knows the carrier of a certificate that was never issued; `unknown` is not charged, so `card` does no harm. */
const countedAs = (state: CertificateState): { readonly outcome: Outcome; readonly carrier: Carrier } =>
  state.state === 'not_issued'
    ? { outcome: 'unknown', carrier: 'card' }
    : { outcome: state.state, carrier: state.carrier };
