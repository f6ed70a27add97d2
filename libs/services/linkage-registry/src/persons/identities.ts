import type { PersonView } from '@kakunin/persons';
import type { Queries } from '../database/queries.ts';
import { loadCircle } from './circle.store.ts';

/** A certificate as it was registered. */
export interface RegisteredCertificate {
  /** Absent while it is new. */
  readonly certificateId?: string;
  readonly personId?: string;
}

/** Who is whom now, by merges and splits. */
export interface Identities {
  personOf(certificate: RegisteredCertificate): string | undefined;
  survivorOf(person: string): string;
}

/** As long as nobody was merged or split, everybody is whom the feed named. */
export const AS_REGISTERED: Identities = {
  personOf: ({ personId }) => personId,
  survivorOf: (person) => person,
};

/** Among some persons; it takes a look at the history only where one of them is in it. */
export async function identitiesOf(client: Queries, persons: readonly string[], now: number): Promise<Identities> {
  const { rows } = await client.query<{ person_id: string }>(
    'SELECT person_id FROM person WHERE person_id = ANY ($1::bigint[]) AND entangled',
    [persons],
  );
  if (rows.length === 0) return AS_REGISTERED;
  const { history } = await loadCircle(
    client,
    rows.map((row) => row.person_id),
  );
  return identitiesIn(history.at({ asOf: now, knownAt: now }));
}

const identitiesIn = (view: PersonView): Identities => ({
  survivorOf: (person) => view.survivorOf(person),
  personOf: ({ certificateId, personId }) =>
    (certificateId === undefined ? undefined : view.personOf(certificateId)) ??
    (personId === undefined ? undefined : view.survivorOf(personId)),
});
