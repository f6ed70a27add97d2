import { viewingKeyOf } from '@kakunin/audit';
import type { Clock } from '@kakunin/calendar';
import { CLOCK } from '@kakunin/runtime';
import type { TranslationGrant } from '@kakunin/sectors';
import { Inject, Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { AuditLog } from '../audit/audit-log.ts';
import { type NamingQuestion, PersonStore } from '../persons/person-store.ts';
import { type GivenPpids, ppidsOf, OpenedSectors } from './opened-sectors.ts';

type Linked = Omit<NamingQuestion, 'serviceProvider'>;

/** Names that are given on a token, and what the audit log has of them. */
@Injectable()
export class TranslatedNames {
  constructor(
    @Inject(PersonStore) private readonly persons: PersonStore,
    @Inject(OpenedSectors) private readonly sectors: OpenedSectors,
    @Inject(AuditLog) private readonly audit: AuditLog,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async linked(client: PoolClient, certificateId: string): Promise<Linked | undefined> {
    const person = await this.persons.registered(client, certificateId);
    return person && { certificateId, person };
  }

  /** @returns undefined when the person was erased meanwhile */
  async give(client: PoolClient, { certificate, to }: TranslationGrant): Promise<GivenPpids | undefined> {
    const linked = await this.linked(client, certificate);
    const nameable = await this.persons.holdNameable(client, linked ? [linked.person.person_id] : []);
    const opened =
      linked &&
      nameable.has(linked.person.person_id) &&
      (await this.persons.keyInSector(client, { ...linked, serviceProvider: to }));
    const at = this.clock.now();
    const sector = await this.sectors.keysNow(client, to, at);
    if (!opened || !sector) return undefined;
    const { keyId } = opened;
    await this.persons.notePresentation(client, { certificateId: certificate, serviceProvider: to, keyId, at });
    return ppidsOf(sector, opened.key);
  }

  /** Who introduced whom to whom is seen by the holder. */
  async enter(
    client: PoolClient,
    linked: Linked | undefined,
    {
      caller,
      onBehalfOf,
      granted,
    }: { readonly caller: string; readonly onBehalfOf: string; readonly granted: boolean },
  ): Promise<void> {
    const [opened] = linked ? await this.persons.keysOf(client, linked) : [];
    const outcome = granted ? 'granted' : 'refused';
    const entry = { at: this.clock.now(), caller, onBehalfOf, action: 'translation', purpose: 'translation' } as const;
    await this.audit.append(client, [{ ...entry, outcome, viewingKey: opened && viewingKeyOf(opened.key) }]);
  }
}
