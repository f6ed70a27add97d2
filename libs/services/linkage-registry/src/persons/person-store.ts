import type { Clock } from '@kakunin/calendar';
import { namesInSector, type PersonView } from '@kakunin/persons';
import { CLOCK } from '@kakunin/runtime';
import { Inject, Injectable } from '@nestjs/common';
import type { Queries } from '../database/queries.ts';
import { Vault } from '../keys/vault.ts';
import { type Circle, loadCircle, type SealedKey } from './circle.store.ts';
import { namesGivenTo } from './disclosure.store.ts';
import { mintFurtherKey, type OpenedKey, openFurtherKey, openPersonKey } from './person-keys.ts';

/** What to select of `person` when it is joined to a certificate. */
export const PERSON_COLUMNS = 'person.person_id, person.holder_index, person.person_key_sealed, person.entangled';

/** The person that a certificate was registered with, as pg gives it. */
export interface PersonRow {
  readonly person_id: string;
  readonly holder_index: Buffer;
  /** Null when the person was erased. */
  readonly person_key_sealed: Buffer | null;
  /** Named in a record of merges and splits: whose the certificate is takes a look at the history. */
  readonly entangled: boolean;
}

export interface NamingQuestion {
  readonly certificateId: string;
  /** As the certificate was registered, in {@link PERSON_COLUMNS}. */
  readonly person: PersonRow;
  /** Who is given the name; with its whole sector. */
  readonly serviceProvider: string;
}

/** A name that was given. */
export interface Presentation {
  readonly certificateId: string;
  readonly serviceProvider: string;
  readonly keyId: string;
  readonly at: number;
}

/** Whose a certificate is now, and by which key that person is named. */
@Injectable()
export class PersonStore {
  constructor(
    @Inject(Vault) private readonly vault: Vault,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** The person that a certificate was registered with; undefined: nobody that was named. */
  async registered(client: Queries, certificateId: string): Promise<PersonRow | undefined> {
    const { rows } = await client.query<PersonRow>(
      `SELECT ${PERSON_COLUMNS} FROM certificate JOIN person USING (person_id) WHERE certificate_id = $1`,
      [certificateId],
    );
    return rows[0];
  }

  /**
   * The key of the name that the sector is given for the certificate's person; undefined: that person was erased. It asks
   * the database only for those few who were merged or split. Call it in the transaction that notes the presentation.
   */
  async keyInSector(client: Queries, question: NamingQuestion): Promise<OpenedKey | undefined> {
    const { certificateId, person: row, serviceProvider } = question;
    if (!row.entangled) return this.#firstKey(row);
    await lockPersons(client);
    const circle = await loadCircle(client, [row.person_id]);
    const view = this.viewOf(circle);
    const person = view.personOf(certificateId);
    if (person === undefined || isErased(circle, view, person)) return undefined;
    const { keys } = circle;
    const disclosures = await namesGivenTo(client, serviceProvider, idsOf(keys));
    const { keyId } = namesInSector({ view, person, keys, disclosures });
    const found = keys.find((key) => key.keyId === keyId);
    return found ? this.open(found) : mintFurtherKey(client, this.vault, { personId: person, now: this.clock.now() });
  }

  /**
   * Of some persons those that can be named, looked at anew: none of them is erased until the transaction ends. Whoever notes
   * a name asks first, or an erasure in between would leave it behind. Those who were merged or split are looked at when
   * they are named.
   */
  async holdNameable(client: Queries, personIds: readonly string[]): Promise<ReadonlySet<string>> {
    if (personIds.length === 0) return new Set();
    await client.query(`SELECT pg_advisory_xact_lock_shared(${ERASURES})`);
    const { rows } = await client.query<{ person_id: string }>(
      'SELECT person_id FROM person WHERE person_id = ANY ($1::bigint[]) AND (person_key_sealed IS NOT NULL OR entangled)',
      [personIds],
    );
    return new Set(rows.map(({ person_id }) => person_id));
  }

  /** All keys of the certificate's person: after merges and splits there are several. */
  async keysOf(client: Queries, { certificateId, person: row }: Omit<NamingQuestion, 'serviceProvider'>) {
    if (!row.entangled) return [this.#firstKey(row)].filter((each) => each !== undefined);
    const circle = await loadCircle(client, [row.person_id]);
    const view = this.viewOf(circle);
    const person = view.personOf(certificateId);
    return circle.keys.filter((key) => view.survivorOf(key.person) === person).map((key) => this.open(key));
  }

  /** Notes under which key a name was given, the first time that it is. */
  async notePresentation(client: Queries, { certificateId, serviceProvider, keyId, at }: Presentation): Promise<void> {
    await client.query(
      `INSERT INTO presentation (certificate_id, service_provider, key_id, given_at) VALUES ($1, $2, $3, $4)
       ON CONFLICT DO NOTHING`,
      [certificateId, serviceProvider, keyId, at],
    );
  }

  /** Who is who now. */
  viewOf({ history }: Circle): PersonView {
    const now = this.clock.now();
    return history.at({ asOf: now, knownAt: now });
  }

  open({ keyId, sealed, holderIndex }: SealedKey): OpenedKey {
    if (!holderIndex) return { keyId, key: openFurtherKey(this.vault, keyId, sealed) };
    return { keyId, key: openPersonKey(this.vault, { holder_index: holderIndex, person_key_sealed: sealed }) };
  }

  #firstKey({ person_id: keyId, holder_index, person_key_sealed }: PersonRow): OpenedKey | undefined {
    if (!person_key_sealed) return undefined;
    return { keyId, key: openPersonKey(this.vault, { holder_index, person_key_sealed }) };
  }
}

export const idsOf = (keys: readonly SealedKey[]): readonly string[] => keys.map(({ keyId }) => keyId);

/** Whoever is part of the person was erased. */
export const isErased = ({ persons, erased }: Circle, view: PersonView, person: string): boolean =>
  persons.every((each) => view.survivorOf(each) !== person || erased.has(each));

const ERASURES = `hashtextextended('registry erasures', 0)`;

/** Erasures wait for names that are being noted, and those for them; taken before {@link lockPersons}. */
export const lockErasures = (client: Queries): Promise<unknown> =>
  client.query(`SELECT pg_advisory_xact_lock(${ERASURES})`);

/** Merges, splits and the naming of those that they concern are done one after the other: they are few. */
export const lockPersons = (client: Queries): Promise<unknown> =>
  client.query(`SELECT pg_advisory_xact_lock(hashtextextended('registry persons', 0))`);
