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

/**
 * Records usage once for each request: a repeated nonce-carrying request is found in the journal, or among those that
 * are just being written, and waits for that write.
 */
export class UsageRecorder {
  readonly #journal: UsageJournal;
  readonly #certificateDigest: CertificateDigest;
  readonly #beingWritten = new Map<string, Promise<void>>();

  constructor(journal: UsageJournal, certificateDigest: CertificateDigest) {
    this.#journal = journal;
    this.#certificateDigest = certificateDigest;
  }

  /**
   * @returns what the answer counts as, one event a SingleResponse, durably recorded now or before
   * @throws UsageError `journal_unavailable`
   */
  async record(request: AnsweredRequest): Promise<readonly UsageEvent[]> {
    const digest = requestDigest(request);
    const events = this.#eventsOf(request, digest);
    await (request.hasNonce ? this.#recordOnce(events, digest) : this.#journal.record(events));
    return events;
  }

  async #recordOnce(events: readonly UsageEvent[], digest: Uint8Array): Promise<void> {
    const key = Buffer.from(digest).toString('latin1');
    const first = this.#beingWritten.get(key);
    if (first) return first;
    if (this.#journal.recentlyRecorded(digest)) return;
    const written = this.#journal.record(events).finally(() => this.#beingWritten.delete(key));
    this.#beingWritten.set(key, written);
    return written;
  }

  #eventsOf(request: AnsweredRequest, digest: Uint8Array): readonly UsageEvent[] {
    const { authorityId, certificateClass } = request.authority;
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
