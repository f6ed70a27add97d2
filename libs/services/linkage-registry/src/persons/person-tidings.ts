import { type AuditDraft, viewingKeyOf } from '@kakunin/audit';
import type { Clock } from '@kakunin/calendar';
import type { PersonEvent, Ppid } from '@kakunin/linkage';
import { type PersonView, sectorNews } from '@kakunin/persons';
import { CLOCK } from '@kakunin/runtime';
import { Inject, Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { AuditLog } from '../audit/audit-log.ts';
import type { Queries } from '../database/queries.ts';
import { LinkageNews } from '../news/linkage-news.ts';
import { ppidsOf, OpenedSectors } from '../sectors/opened-sectors.ts';
import type { Circle, SealedKey } from './circle.store.ts';
import { type GivenName, namesGiven } from './disclosure.store.ts';
import { idsOf, PersonStore } from './person-store.ts';

/** How many service providers are told of what; not which: that is not the authority's business. */
export type Told = Partial<Record<PersonEvent['type'], number>>;

/** Tells whom a change among persons concerns: service providers in their own names, and holders in the audit log. */
@Injectable()
export class PersonTidings {
  constructor(
    @Inject(PersonStore) private readonly persons: PersonStore,
    @Inject(OpenedSectors) private readonly sectors: OpenedSectors,
    @Inject(LinkageNews) private readonly news: LinkageNews,
    @Inject(AuditLog) private readonly audit: AuditLog,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Of a merge, a split or a retraction. */
  async tellOfChange(
    client: PoolClient,
    circle: Circle,
    views: { readonly before: PersonView; readonly after: PersonView },
  ): Promise<Told> {
    const events = await this.#ofChange(client, circle, views);
    await this.news.note(client, events);
    return toldBy(events);
  }

  /** Of an erasure: whoever was given a name under these keys, and whatever rests on the certificates. */
  async tellOfErasure(
    client: PoolClient,
    { keys, certificates }: Pick<Circle, 'keys' | 'certificates'>,
  ): Promise<Told> {
    const events = await this.#ofErasure(client, keys);
    const ended = certificates.map((certificateId) => ({ type: 'erased' as const, certificateId }));
    await this.news.note(client, [...events, ...ended]);
    return toldBy(events);
  }

  /** Into the views of all whose keys are concerned; the last thing that a transaction does. */
  async enter(
    client: PoolClient,
    keys: readonly SealedKey[],
    what: Pick<AuditDraft, 'caller' | 'action' | 'purpose'>,
  ): Promise<void> {
    const entry = { ...what, at: this.clock.now(), outcome: 'granted' as const };
    await this.audit.append(
      client,
      keys.map((key) => ({ ...entry, viewingKey: viewingKeyOf(this.persons.open(key).key) })),
    );
  }

  async #ofChange(
    client: Queries,
    { keys }: Circle,
    { before, after }: { readonly before: PersonView; readonly after: PersonView },
  ): Promise<readonly PersonEvent[]> {
    const given = await namesGiven(client, idsOf(keys));
    const events: PersonEvent[] = [];
    for (const disclosures of Map.groupBy(given, ({ sector }) => sector).values()) {
      for (const news of sectorNews({ before, after, keys, disclosures })) {
        const others = news.type === 'persons_merged' ? news.alsoKnownAs : [];
        for (const serviceProvider of knowing(disclosures, [news.keyId, ...others])) {
          const named = (keyId: string) => this.#name(client, serviceProvider, keyOf(keys, keyId));
          const common = { serviceProvider, ppid: await named(news.keyId), at: this.clock.now() };
          if (news.type === 'person_split') events.push({ type: news.type, ...common });
          else events.push({ type: news.type, ...common, alsoKnownAs: await Promise.all(others.map(named)) });
        }
      }
    }
    return events;
  }

  async #ofErasure(client: Queries, keys: readonly SealedKey[]): Promise<readonly PersonEvent[]> {
    const given = await namesGiven(client, idsOf(keys));
    const names = new Map(given.map((each) => [`${each.serviceProvider} ${each.keyId}`, each]));
    const events: PersonEvent[] = [];
    for (const { serviceProvider, keyId } of names.values()) {
      const ppid = await this.#name(client, serviceProvider, keyOf(keys, keyId));
      events.push({ type: 'person_erased', serviceProvider, ppid, at: this.clock.now() });
    }
    return events;
  }

  async #name(client: Queries, serviceProvider: string, key: SealedKey): Promise<Ppid> {
    const sector = await this.sectors.keysNow(client, serviceProvider, this.clock.now());
    return ppidsOf(sector!, this.persons.open(key).key).ppid;
  }
}

function toldBy(events: readonly PersonEvent[]): Told {
  const told: Told = {};
  for (const { type } of events) told[type] = (told[type] ?? 0) + 1;
  return told;
}

const knowing = (given: readonly GivenName[], keyIds: readonly string[]): ReadonlySet<string> =>
  new Set(given.filter(({ keyId }) => keyIds.includes(keyId)).map(({ serviceProvider }) => serviceProvider));

const keyOf = (keys: readonly SealedKey[], keyId: string): SealedKey => keys.find((key) => key.keyId === keyId)!;
