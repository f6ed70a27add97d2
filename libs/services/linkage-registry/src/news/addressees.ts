import type { Authority } from '@kakunin/certificates';
import type { Clock } from '@kakunin/calendar';
import type { PersonKey, Ppid } from '@kakunin/linkage';
import { CLOCK } from '@kakunin/runtime';
import { Inject, Injectable } from '@nestjs/common';
import { LINEAGE } from '../certificates/lineage.ts';
import type { Queries } from '../database/queries.ts';
import { PERSON_COLUMNS, type PersonRow, PersonStore } from '../persons/person-store.ts';
import { ppidsOf, type SectorNow, OpenedSectors } from '../sectors/opened-sectors.ts';

/** A service provider that is told of a certificate, and its name for the person. */
export interface Addressee {
  readonly certificateId: string;
  readonly serviceProvider: string;
  readonly ppid: Ppid;
  readonly certificateClass: Authority['certificateClass'];
  /** Of the name; for the audit log. */
  readonly personKey: PersonKey;
}

interface Row extends PersonRow {
  readonly told_of: string;
  readonly certificate_class: Authority['certificateClass'];
  readonly service_provider: string;
}

/** Whom news of certificates concerns. */
@Injectable()
export class Addressees {
  constructor(
    @Inject(PersonStore) private readonly persons: PersonStore,
    @Inject(OpenedSectors) private readonly sectors: OpenedSectors,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Service providers that were shown the certificate, or one that it took the place of, by certificate. Another
   * certificate of the same person, which they never saw, is none of their business; nor is who was erased.
   */
  async of(client: Queries, certificateIds: readonly string[]): Promise<ReadonlyMap<string, readonly Addressee[]>> {
    const addressees: Addressee[] = [];
    const sectors = new Map<string, SectorNow | undefined>();
    for (const row of await presentationsOf(client, certificateIds)) {
      const { told_of: certificateId, service_provider: serviceProvider, certificate_class: certificateClass } = row;
      if (!sectors.has(serviceProvider)) {
        sectors.set(serviceProvider, await this.sectors.keysNow(client, serviceProvider, this.clock.now()));
      }
      const sector = sectors.get(serviceProvider);
      const opened = await this.persons.keyInSector(client, { certificateId, person: row, serviceProvider });
      if (!sector || !opened) continue;
      const { ppid } = ppidsOf(sector, opened.key);
      addressees.push({ certificateId, serviceProvider, ppid, certificateClass, personKey: opened.key });
    }
    return Map.groupBy(addressees, ({ certificateId }) => certificateId);
  }
}

async function presentationsOf(client: Queries, certificateIds: readonly string[]): Promise<readonly Row[]> {
  if (certificateIds.length === 0) return [];
  // Probes, for the reason that `LINEAGE` has.
  const { rows } = await client.query<Row>(
    `WITH RECURSIVE ${LINEAGE}, shown AS (
       SELECT DISTINCT told_of, service_provider FROM lineage CROSS JOIN LATERAL (
         SELECT service_provider FROM presentation WHERE certificate_id = lineage.certificate_id OFFSET 0
       ) AS presentation
     )
     SELECT told_of, certificate_class, service_provider, ${PERSON_COLUMNS}
     FROM shown CROSS JOIN LATERAL (
       SELECT person_id, authority_id FROM certificate WHERE certificate_id = told_of OFFSET 0
     ) AS certificate JOIN person USING (person_id) JOIN authority USING (authority_id)
     ORDER BY told_of, service_provider`,
    [certificateIds],
  );
  return rows;
}
