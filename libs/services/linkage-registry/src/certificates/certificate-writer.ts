import type { Clock } from '@kakunin/calendar';
import { CertificatesError } from '@kakunin/certificates';
import { CERTIFICATE_EVENTS } from '@kakunin/event-log';
import { appendToOutbox, lockOutboxKey } from '@kakunin/outbox';
import { CLOCK } from '@kakunin/runtime';
import { Inject, Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { AuthorityStore, type RegisteredAuthority } from '../authorities/authority.store.ts';
import { noteDerived } from '../derived-credentials/derived-certificates.ts';
import { Vault } from '../keys/vault.ts';
import { LinkageNews } from '../news/linkage-news.ts';
import { identitiesOf } from '../persons/identities.ts';
import { loadAncestry } from './ancestry.ts';
import type { CertificateDrafts, CertificateName } from './certificate-draft.ts';
import type { CertificateWork, RegistrationOutcome, StatusChange, WorkOutcome } from './certificate-work.ts';
import {
  insertCertificates,
  insertSuccessions,
  loadCertificates,
  loadSuccession,
  updateCertificates,
} from './certificate.store.ts';
import { ChangeSet } from './change-set.ts';
import { type NamedRecord, nameRecord } from './named-record.ts';
import { resolvePersons } from './person.store.ts';
import type { RegistrationInput } from './registration.ts';

/** Certificates are found by their index, whatever the planner thinks of sixteen parts; it thinks once, which takes longer than looking. */
const BY_INDEX = 'SET LOCAL enable_seqscan = off; SET LOCAL plan_cache_mode = force_generic_plan';
/** A list waits for its turn; a single call is told soon that it would wait long. */
const SOON = `${BY_INDEX}; SET LOCAL lock_timeout = '2s'`;

/** A work with the blind indexes of what it names. */
interface NamedWork {
  readonly records: readonly NamedRecord[];
  readonly changes: readonly (StatusChange & { readonly name: CertificateName })[];
  readonly work: CertificateWork;
}

/** Writes works of one authority in a transaction, with their events: in their order, and in the order of the authority. */
@Injectable()
export class CertificateWriter {
  readonly #known = new Map<string, RegisteredAuthority>();

  constructor(
    @Inject(AuthorityStore) private readonly authorities: AuthorityStore,
    @Inject(Vault) private readonly vault: Vault,
    @Inject(LinkageNews) private readonly news: LinkageNews,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * @returns of each work, in its place, what became of it
   * @throws CertificatesError `authority_unknown`; what is done alongside
   */
  async write(
    client: PoolClient,
    authorityId: string,
    works: readonly CertificateWork[],
  ): Promise<readonly WorkOutcome[]> {
    const now = this.clock.now();
    await client.query(works.some(({ alongside }) => alongside) ? BY_INDEX : SOON);
    // Before anything is read: nobody states anything of that authority until the transaction ends.
    await lockOutboxKey(client, CERTIFICATE_EVENTS, authorityId);
    const authority = await this.#authority(client, authorityId);
    const named = works.map((work) => this.#name(authority, work));
    const changes = new ChangeSet(await this.#load(client, authority, { works: named, now }));
    const outcomes = named.map((each) => ({
      records: changes.register(each.records),
      changes: each.changes.map((change) => changes.changeStatus(change.name, change)),
    }));
    await this.#writeRows(client, changes, now);
    const noted = await noteUnregistered(client, named, { outcomes, now });
    for (const [index, { work }] of named.entries()) await work.alongside?.(client, noted[index]!.records);
    return noted;
  }

  /** Read once: what is registered of an authority never changes. */
  async #authority(client: PoolClient, authorityId: string): Promise<RegisteredAuthority> {
    const authority = this.#known.get(authorityId) ?? (await this.authorities.require(client, authorityId));
    this.#known.set(authorityId, authority);
    return authority;
  }

  #name(authority: RegisteredAuthority, work: CertificateWork): NamedWork {
    const { authorityId } = authority;
    return {
      records: work.records.map((record) => nameRecord(this.vault, authority, record)),
      changes: work.changes.map((change) => {
        return {
          ...change,
          name: { authorityId, serialIndex: this.vault.serialIndex(authorityId, change.serialNumber) },
        };
      }),
      work,
    };
  }

  /** What stands of everything that the works name. */
  async #load(
    client: PoolClient,
    { certHash = false, partitioned = false }: RegisteredAuthority,
    { works, now }: { readonly works: readonly NamedWork[]; readonly now: number },
  ): Promise<RegistrationInput> {
    const records = works.flatMap((work) => work.records);
    const drafts = await loadCertificates(client, [
      ...records.flatMap(({ name, predecessor }) => (predecessor ? [name, predecessor] : [name])),
      ...works.flatMap((work) => work.changes.map(({ name }) => name)),
    ]);
    const found = { drafts, certHash, partitioned, now };
    // Whose a certificate is, and what it came from, does not matter to its status.
    if (records.length === 0) return { ...found, persons: new Map() };
    await loadSuccession(client, drafts);
    const holderIndexes = records.flatMap(({ holderIndex }) => holderIndex ?? []);
    const persons = await resolvePersons(client, this.vault, { holderIndexes, now });
    const linked = drafts.all().flatMap(({ personId }) => personId ?? []);
    const identities = await identitiesOf(client, [...linked, ...persons.values()], now);
    const ancestry = isSucceedingLate(records, drafts) ? await loadAncestry(client, drafts.all()) : undefined;
    return { ...found, persons, identities, ...(ancestry && { ancestry }) };
  }

  async #writeRows(client: PoolClient, changes: ChangeSet, now: number): Promise<void> {
    await insertCertificates(client, [...changes.created]);
    await updateCertificates(client, changes.changed);
    await insertSuccessions(client, changes.successions, now);
    await this.news.note(
      client,
      changes.news.map(({ draft, type }) => ({ certificateId: draft.certificateId!, type })),
    );
    await noteDerived(client, changes.cameRevoked, now);
    await appendToOutbox(client, changes.events);
  }
}

/** Whether a certificate that is registered is given a predecessor that it did not have; rarely. */
const isSucceedingLate = (named: readonly NamedRecord[], drafts: CertificateDrafts): boolean =>
  named.some(({ name, predecessor }) => {
    const [known, before] = [drafts.get(name), predecessor && drafts.get(predecessor)];
    return known && predecessor && !(before && known.predecessors.has(before));
  });

/** A certificate that is not registered can be a derived credential: what is said of it is taken for that. */
async function noteUnregistered(
  client: PoolClient,
  works: readonly NamedWork[],
  { outcomes, now }: { readonly outcomes: readonly WorkOutcome[]; readonly now: number },
): Promise<readonly WorkOutcome[]> {
  const unknown = works.flatMap(({ records }, work) =>
    records.flatMap(({ name, record: { status } }, index) =>
      status && isUnknown(outcomes[work]!.records[index]!) ? [{ ...name, status, work, index }] : [],
    ),
  );
  if (unknown.length === 0) return outcomes;
  const noted = await noteDerived(client, unknown, now);
  const taken = outcomes.map((outcome) => ({ ...outcome, records: [...outcome.records] }));
  for (const [place, { work, index }] of unknown.entries()) {
    taken[work]!.records[index] = noted[place] ?? taken[work]!.records[index]!;
  }
  return taken;
}

const isUnknown = (outcome: RegistrationOutcome): boolean =>
  outcome instanceof CertificatesError && outcome.code === 'certificate_unknown';
