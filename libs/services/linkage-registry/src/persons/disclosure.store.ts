import type { Disclosure } from '@kakunin/persons';
import type { Queries } from '../database/queries.ts';

/** A name that a service provider was given. */
export interface GivenName extends Disclosure {
  readonly serviceProvider: string;
  /** That it is in now. */
  readonly sector: string;
}

const COLUMNS = `key_id, certificate_id, given_at, presentation.service_provider, sector`;
/** The step that a service provider takes last: sectors that are to be merged are one already. */
const NEWEST_STEP =
  'JOIN sector_step ON sector_step.service_provider = presentation.service_provider AND given_until IS NULL';

interface Row {
  readonly key_id: string;
  readonly certificate_id: string;
  readonly given_at: string;
  readonly service_provider: string;
  readonly sector: string;
}

/** Everything that was given under some keys. */
export async function namesGiven(client: Queries, keyIds: readonly string[]): Promise<readonly GivenName[]> {
  const { rows } = await client.query<Row>(
    `SELECT ${COLUMNS} FROM presentation ${NEWEST_STEP} WHERE key_id = ANY ($1::bigint[])
     ORDER BY given_at, certificate_id, key_id`,
    [keyIds],
  );
  return rows.map(givenNameOf);
}

/** What the sector of a service provider was given under some keys. */
export async function namesGivenTo(
  client: Queries,
  serviceProvider: string,
  keyIds: readonly string[],
): Promise<readonly GivenName[]> {
  const { rows } = await client.query<Row>(
    `SELECT ${COLUMNS} FROM presentation ${NEWEST_STEP}
     WHERE key_id = ANY ($1::bigint[])
       AND sector = (SELECT sector FROM sector_step WHERE service_provider = $2 AND given_until IS NULL)
     ORDER BY given_at, certificate_id, key_id`,
    [keyIds, serviceProvider],
  );
  return rows.map(givenNameOf);
}

const givenNameOf = (row: Row): GivenName => ({
  keyId: row.key_id,
  certificate: row.certificate_id,
  at: Number(row.given_at),
  serviceProvider: row.service_provider,
  sector: row.sector,
});
