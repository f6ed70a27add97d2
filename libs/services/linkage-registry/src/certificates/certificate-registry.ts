import type { Clock } from '@kakunin/calendar';
import {
  type CertificateEvent,
  type CertificateRecord,
  CertificatesError,
  type CertificateStatus,
} from '@kakunin/certificates';
import { CERTIFICATE_EVENTS } from '@kakunin/event-log';
import { LinkageError } from '@kakunin/linkage';
import { appendToOutbox, lockOutboxKey, type OutboxEvent } from '@kakunin/outbox';
import { CLOCK } from '@kakunin/runtime';
import { Inject, Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { AuthorityStore } from '../authorities/authority.store.ts';
import { RegistryDatabase } from '../database/registry-database.ts';
import { Vault } from '../keys/vault.ts';
import { noteDerived } from '../derived-credentials/derived-certificates.ts';
import { LinkageNews, newsTypeOf } from '../news/linkage-news.ts';
import type { CertificateNews } from '../news/news.ts';
import { identitiesOf } from '../persons/identities.ts';
import { RegistryMetrics } from '../registry-metrics.ts';
import { loadAncestry } from './ancestry.ts';
import type { CertificateDraft, CertificateDrafts } from './certificate-draft.ts';
import { insertCertificates, insertSuccessions, loadCertificates, updateCertificates } from './certificate.store.ts';
import { type NamedRecord, nameRecord } from './named-record.ts';
import { resolvePersons } from './person.store.ts';
import { type Announcement, Registration } from './registration.ts';

export type RegistrationOutcome = 'imported' | 'unchanged' | CertificatesError | LinkageError;

/** Work in the transaction that registers certificates. */
export type Alongside = (client: PoolClient, outcomes: readonly RegistrationOutcome[]) => Promise<void>;

export interface NamedCertificate {
  readonly authorityId: string;
  readonly serialNumber: string;
}

export interface StatusChange extends NamedCertificate {
  /** The life cycle's answer to the present status; the same object when nothing changes. */
  readonly change: (current: CertificateStatus, now: number) => CertificateStatus;
}

/** Every write to certificates: one transaction each, with its events, in the order of its authority. */
@Injectable()
export class CertificateRegistry {
  constructor(
    @Inject(RegistryDatabase) private readonly database: RegistryDatabase,
    @Inject(AuthorityStore) private readonly authorities: AuthorityStore,
    @Inject(Vault) private readonly vault: Vault,
    @Inject(LinkageNews) private readonly news: LinkageNews,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(RegistryMetrics) private readonly metrics: RegistryMetrics,
  ) {}

  /**
   * Registers what a CA issued, all in one transaction; records that are refused leave the others alone.
   * @param alongside what is to become true with it; gets the outcomes
   * @returns an outcome for each record
   * @throws CertificatesError `authority_unknown`
   */
  async register(
    authorityId: string,
    records: readonly CertificateRecord[],
    alongside?: Alongside,
  ): Promise<readonly RegistrationOutcome[]> {
    const outcomes = await this.#register(authorityId, records, alongside);
    for (const outcome of outcomes) {
      this.metrics.registrations.inc({ outcome: typeof outcome === 'string' ? outcome : outcome.code });
    }
    return outcomes;
  }

  #register(
    authorityId: string,
    records: readonly CertificateRecord[],
    alongside: Alongside | undefined,
  ): Promise<readonly RegistrationOutcome[]> {
    const now = this.clock.now();
    return this.database.transaction(async (client) => {
      await lockOutboxKey(client, CERTIFICATE_EVENTS, authorityId);
      const authority = await this.authorities.require(client, authorityId);
      const named = records.map((record) => nameRecord(this.vault, authority, record));
      const names = named.flatMap(({ name, predecessor }) => (predecessor ? [name, predecessor] : [name]));
      const drafts = await loadCertificates(client, names);
      const holderIndexes = named.flatMap(({ holderIndex }) => holderIndex ?? []);
      const persons = await resolvePersons(client, this.vault, { holderIndexes, now });
      const { certHash = false, partitioned = false } = authority;
      const linked = drafts.all().flatMap(({ personId }) => personId ?? []);
      const identities = await identitiesOf(client, [...linked, ...persons.values()], now);
      const ancestry = isSucceedingLate(named, drafts) ? await loadAncestry(client, drafts.all()) : undefined;
      const input = { drafts, persons, identities, certHash, partitioned, now, ...(ancestry && { ancestry }) };
      const registration = new Registration(input);
      const taken = named.map((record) => outcomeOf(() => registration.take(record)));
      const changed = drafts.all().filter((draft) => draft.changed && !registration.created.has(draft));
      await this.#write(client, registration, { changed, now });
      const outcomes = await noteUnregistered(client, named, { taken, created: registration.created, now });
      await alongside?.(client, outcomes);
      return outcomes;
    });
  }

  /**
   * Moves one certificate along its life cycle.
   * @throws CertificatesError `authority_unknown` | `certificate_unknown` | `finally_revoked`
   */
  async changeStatus({ authorityId, serialNumber, change }: StatusChange): Promise<CertificateStatus> {
    const now = this.clock.now();
    let turned: CertificateNews['type'] | undefined;
    const result = await this.database.transaction(async (client) => {
      const draft = await this.#lock(client, { authorityId, serialNumber });
      const status = change(draft.status, now);
      if (status === draft.status) return status;
      draft.status = status;
      draft.statusSince = status.status === 'revoked' ? status.revocationDate : now;
      await updateCertificates(client, [draft]);
      const news = [{ certificateId: draft.certificateId!, type: newsTypeOf(status) }];
      await this.#announce(client, [statusEventOf(draft, { serialNumber })], news);
      turned = news[0]!.type;
      return status;
    });
    if (turned) this.metrics.statusChanges.inc({ change: turned.replace('certificate_', '') });
    return result;
  }

  /**
   * States once more what stands here, for followers that could not apply an earlier event of the certificate.
   * @throws CertificatesError `authority_unknown` | `certificate_unknown`
   */
  restate(named: NamedCertificate): Promise<CertificateStatus> {
    return this.database.transaction(async (client) => {
      const draft = await this.#lock(client, named);
      await appendToOutbox(client, [statusEventOf(draft, { serialNumber: named.serialNumber })]);
      return draft.status;
    });
  }

  /** Reads the certificate in its authority's order: nobody states anything of that authority until the transaction ends. */
  async #lock(client: PoolClient, { authorityId, serialNumber }: NamedCertificate): Promise<CertificateDraft> {
    await lockOutboxKey(client, CERTIFICATE_EVENTS, authorityId);
    await this.authorities.require(client, authorityId);
    const name = { authorityId, serialIndex: this.vault.serialIndex(authorityId, serialNumber) };
    const draft = (await loadCertificates(client, [name])).get(name);
    if (draft) return draft;
    throw new CertificatesError('certificate_unknown', 'No certificate with this serial number is registered.');
  }

  async #write(
    client: PoolClient,
    { created, successions, announced, turned }: Registration,
    { changed, now }: { readonly changed: readonly CertificateDraft[]; readonly now: number },
  ): Promise<void> {
    await insertCertificates(client, [...created]);
    await updateCertificates(client, changed);
    await insertSuccessions(client, successions, now);
    // A certificate that is new has been presented to nobody yet.
    const news = [
      ...[...turned]
        .filter((draft) => !created.has(draft))
        .map(({ certificateId, status }) => ({ certificateId: certificateId!, type: newsTypeOf(status) })),
      ...successions
        .filter(({ predecessor }) => !created.has(predecessor))
        .map(({ predecessor }) => ({
          certificateId: predecessor.certificateId!,
          type: 'certificate_succeeded' as const,
        })),
    ];
    const events = [...announced].map(([draft, announcement]) => statusEventOf(draft, announcement));
    await this.#announce(client, events, news);
  }

  async #announce(client: PoolClient, events: readonly OutboxEvent[], news: readonly CertificateNews[]): Promise<void> {
    await this.news.note(client, news);
    await appendToOutbox(client, events);
  }
}

/** Whether a certificate that is registered is given a predecessor that it did not have; rarely. */
const isSucceedingLate = (named: readonly NamedRecord[], drafts: CertificateDrafts): boolean =>
  named.some(({ name, predecessor }) => {
    const [known, before] = [drafts.get(name), predecessor && drafts.get(predecessor)];
    return known && predecessor && !(before && known.predecessors.has(before));
  });

/** A certificate that is not registered, or was not until now, can be a derived credential: what is said is taken for that. */
async function noteUnregistered(
  client: PoolClient,
  named: readonly NamedRecord[],
  { taken, created, now }: Taken,
): Promise<readonly RegistrationOutcome[]> {
  const revoked = [...created].filter(({ status }) => status.status === 'revoked');
  await noteDerived(client, revoked, now);
  const unknown = named.flatMap(({ name, record: { status } }, index) =>
    status && isUnknown(taken[index]!) ? [{ ...name, status, index }] : [],
  );
  const noted = await noteDerived(client, unknown, now);
  const outcomes = [...taken];
  for (const [place, { index }] of unknown.entries()) outcomes[index] = noted[place] ?? taken[index]!;
  return outcomes;
}

interface Taken extends Pick<Registration, 'created'> {
  readonly taken: readonly RegistrationOutcome[];
  readonly now: number;
}

const isUnknown = (outcome: RegistrationOutcome): boolean =>
  outcome instanceof CertificatesError && outcome.code === 'certificate_unknown';

function outcomeOf(take: () => 'imported' | 'unchanged'): RegistrationOutcome {
  try {
    return take();
  } catch (error) {
    if (error instanceof CertificatesError || error instanceof LinkageError) return error;
    throw error;
  }
}

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
