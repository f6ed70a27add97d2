import type { Clock } from '@kakunin/calendar';
import { CLOCK } from '@kakunin/runtime';
import { Inject, Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { RegistryDatabase } from '../database/registry-database.ts';
import { Vault } from '../keys/vault.ts';
import { loadCircle, type SealedKey } from './circle.store.ts';
import { isRepeated } from './person-changes.ts';
import { PersonDirectory, type PersonReference } from './person-reference.ts';
import { FORGOTTEN } from './forgotten.ts';
import { lockErasures, lockPersons, PersonStore } from './person-store.ts';
import { PersonTidings, type Told } from './person-tidings.ts';

export interface ErasureRequest {
  readonly requestId: string;
  readonly person: PersonReference;
}

export interface ErasureOutcome {
  readonly outcome: 'erased' | 'unchanged';
  readonly told: Told;
}

/** Destroys the keys of persons: what was named by them is nobody's any more. */
@Injectable()
export class Erasures {
  constructor(
    @Inject(RegistryDatabase) private readonly database: RegistryDatabase,
    @Inject(PersonDirectory) private readonly directory: PersonDirectory,
    @Inject(PersonStore) private readonly persons: PersonStore,
    @Inject(PersonTidings) private readonly tidings: PersonTidings,
    @Inject(Vault) private readonly vault: Vault,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Destroys every key that was minted for the person, or for whoever turned out to be that person. Those who have names
   * under them are told first. Its certificates stay, as the authority's, name nobody, and are joined by nothing (but those
   * of whoever was merged or split, which the records of that go by).
   * @throws RegistryError `person_unknown`; PersonsError `record_differs`
   */
  erase(caller: string, { requestId, person }: ErasureRequest): Promise<ErasureOutcome> {
    return this.database.transaction(async (client) => {
      await lockErasures(client);
      await lockPersons(client);
      const requestIndex = this.vault.holderIndex('request', JSON.stringify({ requestId, person }));
      if (await isRepeated(client, requestId, requestIndex)) return { outcome: 'unchanged', told: {} };
      const meant = await this.directory.require(client, person);
      const circle = await loadCircle(client, [meant]);
      const view = this.persons.viewOf(circle);
      const whole = view.survivorOf(meant);
      const keys = circle.keys.filter((key) => view.survivorOf(key.person) === whole);
      const certificates = circle.certificates.filter((each) => view.personOf(each) === whole);
      const told = await this.tidings.tellOfErasure(client, { keys, certificates });
      const persons = circle.persons.filter((each) => view.survivorOf(each) === whole);
      await unlink(client, persons);
      await destroy(client, { persons, keys, now: this.clock.now() });
      await client.query(
        `INSERT INTO erasure (request_id, person_id, erased_at, erased_by, request_index) VALUES ($1, $2, $3, $4, $5)`,
        [requestId, whole, this.clock.now(), caller, requestIndex],
      );
      // The last entry that the holder could find: the viewing key goes with the person key.
      await this.tidings.enter(client, keys, { caller, action: 'erasure', purpose: 'erasure' });
      return { outcome: 'erased', told };
    });
  }
}

/** Before the persons themselves are written: whoever locks both takes the certificate first. */
async function unlink(client: PoolClient, persons: readonly string[]): Promise<void> {
  const { rows } = await client.query<{ certificate_id: string }>(
    `UPDATE certificate SET person_id = ${FORGOTTEN}
     WHERE person_id = ANY (ARRAY(SELECT person_id FROM person WHERE person_id = ANY ($1::bigint[]) AND NOT entangled))
     RETURNING certificate_id`,
    [persons],
  );
  const ids = rows.map(({ certificate_id }) => certificate_id);
  await client.query(`SELECT set_config('kakunin.erasing', 'yes', true)`);
  for (const end of ['successor_id', 'predecessor_id']) {
    await client.query(`DELETE FROM succession WHERE ${end} = ANY ($1::bigint[])`, [ids]);
  }
}

async function destroy(
  client: PoolClient,
  {
    persons,
    keys,
    now,
  }: { readonly persons: readonly string[]; readonly keys: readonly SealedKey[]; readonly now: number },
): Promise<void> {
  const ids = keys.map(({ keyId }) => keyId);
  await client.query(
    'UPDATE person SET person_key_sealed = NULL, erased_at = $2 WHERE person_id = ANY ($1::bigint[])',
    [persons, now],
  );
  await client.query('DELETE FROM further_person_key WHERE key_id = ANY ($1::bigint[])', [ids]);
  await client.query('DELETE FROM presentation WHERE key_id = ANY ($1::bigint[])', [ids]);
}
