import { type CertificateEvent, CertificatesError } from '@kakunin/certificates';
import { CERTIFICATE_EVENTS } from '@kakunin/event-log';
import { LinkageError } from '@kakunin/linkage';
import type { OutboxEvent } from '@kakunin/outbox';
import type { StatedStatus } from '../derived-credentials/derived-certificates.ts';
import { newsTypeOf } from '../news/linkage-news.ts';
import type { CertificateNews } from '../news/news.ts';
import type { CertificateDraft, CertificateName } from './certificate-draft.ts';
import type { Refusal, RegistrationOutcome, StatusChange, StatusReached } from './certificate-work.ts';
import type { Succession } from './certificate.store.ts';
import type { NamedRecord } from './named-record.ts';
import { type Announcement, Registration, type RegistrationInput } from './registration.ts';

/** News of a certificate that may have no id yet. */
interface DraftNews {
  readonly draft: CertificateDraft;
  readonly type: CertificateNews['type'];
}

/**
 * What several works change, one after the other, in memory: to each the certificates are as those before it left them, and
 * each has its own events, as if it had been committed by itself. A part that is refused leaves no trace.
 */
export class ChangeSet {
  readonly created = new Set<CertificateDraft>();
  readonly successions: Succession[] = [];
  readonly events: OutboxEvent[] = [];
  readonly news: DraftNews[] = [];
  /** Certificates that came revoked. */
  readonly cameRevoked: StatedStatus[] = [];
  readonly #input: RegistrationInput;

  constructor(input: RegistrationInput) {
    this.#input = input;
  }

  /** Known certificates that are to be written. */
  get changed(): readonly CertificateDraft[] {
    return this.#input.drafts.all().filter((draft) => draft.changed && !this.created.has(draft));
  }

  register(named: readonly NamedRecord[]): readonly RegistrationOutcome[] {
    const registration = new Registration(this.#input);
    const outcomes = named.map((record) => orRefusal(() => registration.take(record)));
    const { created, successions, announced, turned } = registration;
    for (const draft of created) {
      this.created.add(draft);
      if (draft.status.status === 'revoked') this.cameRevoked.push({ ...draft, status: draft.status });
    }
    this.successions.push(...successions);
    for (const [draft, announcement] of announced) this.events.push(statusEventOf(draft, announcement));
    // A certificate that is new has been presented to nobody yet.
    for (const draft of turned) if (!created.has(draft)) this.#tell(draft, newsTypeOf(draft.status));
    for (const { predecessor } of successions) {
      if (!created.has(predecessor)) this.#tell(predecessor, 'certificate_succeeded');
    }
    return outcomes;
  }

  changeStatus(name: CertificateName, { serialNumber, change, restated }: StatusChange): StatusReached | Refusal {
    return orRefusal(() => {
      const draft = this.#input.drafts.get(name);
      if (!draft) {
        throw new CertificatesError('certificate_unknown', 'No certificate with this serial number is registered.');
      }
      const { now } = this.#input;
      const status = change(draft.status, now);
      if (status === draft.status) {
        if (restated) this.events.push(statusEventOf(draft, { serialNumber }));
        return { status };
      }
      draft.status = status;
      draft.statusSince = status.status === 'revoked' ? status.revocationDate : now;
      draft.changed = true;
      this.events.push(statusEventOf(draft, { serialNumber }));
      const turned = newsTypeOf(status);
      this.#tell(draft, turned);
      return { status, turned };
    });
  }

  #tell(draft: CertificateDraft, type: CertificateNews['type']): void {
    this.news.push({ draft, type });
  }
}

function orRefusal<T>(work: () => T): T | Refusal {
  try {
    return work();
  } catch (error) {
    if (error instanceof CertificatesError || error instanceof LinkageError) return error;
    throw error;
  }
}

/** As the certificate stands now. */
function statusEventOf(draft: CertificateDraft, { serialNumber, fingerprint }: Announcement): OutboxEvent {
  const { authorityId, carrier, notAfter, status, partition } = draft;
  const value: CertificateEvent = {
    type: 'certificate_status',
    authorityId,
    serialNumber,
    carrier,
    notAfter,
    status,
    ...(fingerprint !== undefined && { fingerprint }),
    ...(partition !== undefined && { partition }),
  };
  return { topic: CERTIFICATE_EVENTS, key: authorityId, value };
}
