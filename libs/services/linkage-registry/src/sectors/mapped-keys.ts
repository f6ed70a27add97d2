import type { PersonKey } from '@kakunin/linkage';
import { Inject, Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { Vault } from '../keys/vault.ts';
import { openFurtherKey, openPersonKey } from '../persons/person-keys.ts';
import { PersonStore } from '../persons/person-store.ts';

/** Under which key a service provider has a name, and under which it is given the name now: mostly the same. */
export interface MappedKey {
  readonly old: PersonKey;
  readonly now: PersonKey;
}

interface Row {
  readonly key_id: string;
  readonly certificate_id: string;
  readonly holder_index: Buffer | null;
  readonly first_sealed: Buffer | null;
  readonly further_sealed: Buffer | null;
  readonly entangled: boolean;
}

const AT_ONCE = 2_000;

/** All keys under which a service provider was given names. */
@Injectable()
export class MappedKeys {
  constructor(
    @Inject(PersonStore) private readonly persons: PersonStore,
    @Inject(Vault) private readonly vault: Vault,
  ) {}

  /** Sorted once: the cursor outlives the short transactions in which those who were merged or split are looked up. */
  async *of(client: PoolClient, serviceProvider: string): AsyncGenerator<readonly MappedKey[]> {
    await client.query(`DECLARE name_given NO SCROLL CURSOR WITH HOLD FOR ${namesOf(client, serviceProvider)}`);
    try {
      for (;;) {
        const keys = await this.#next(client, serviceProvider);
        if (keys.length === 0) return;
        yield keys;
      }
    } finally {
      await client.query('CLOSE name_given').catch(() => undefined);
    }
  }

  async #next(client: PoolClient, serviceProvider: string): Promise<readonly MappedKey[]> {
    const { rows } = await client.query<Row>(`FETCH ${AT_ONCE} FROM name_given`);
    await client.query('BEGIN');
    try {
      const keys: MappedKey[] = [];
      for (const row of rows) keys.push(await this.#mapped(client, serviceProvider, row));
      await client.query('COMMIT');
      return keys;
    } catch (error) {
      await client.query('ROLLBACK').catch(() => undefined);
      throw error;
    }
  }

  async #mapped(client: PoolClient, serviceProvider: string, row: Row): Promise<MappedKey> {
    const old = this.#open(row);
    if (!row.entangled) return { old, now: old };
    const certificateId = row.certificate_id;
    const person = await this.persons.registered(client, certificateId);
    const named = person && (await this.persons.keyInSector(client, { certificateId, person, serviceProvider }));
    return { old, now: named?.key ?? old };
  }

  #open({ key_id, holder_index, first_sealed, further_sealed }: Row): PersonKey {
    if (!first_sealed || !holder_index) return openFurtherKey(this.vault, key_id, further_sealed!);
    return openPersonKey(this.vault, { holder_index, person_key_sealed: first_sealed });
  }
}

/** With the certificate for which each name was given last. A cursor takes no parameters. */
const namesOf = (client: PoolClient, serviceProvider: string): string =>
  `SELECT DISTINCT ON (key_id) key_id, certificate_id, holder_index, person.person_key_sealed AS first_sealed,
     further.person_key_sealed AS further_sealed, coalesce(entangled, true) AS entangled
   FROM presentation LEFT JOIN person ON person.person_id = key_id LEFT JOIN further_person_key AS further USING (key_id)
   WHERE service_provider = ${client.escapeLiteral(serviceProvider)}
     AND coalesce(person.person_key_sealed, further.person_key_sealed) IS NOT NULL
   ORDER BY key_id, given_at DESC`;
