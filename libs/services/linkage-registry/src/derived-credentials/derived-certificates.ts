import { type CertificateStatus, isHeld } from '@kakunin/certificates';
import type { OwnEvent } from '@kakunin/derived-credentials';
import type { CertificateName } from '../certificates/certificate-draft.ts';
import type { Queries } from '../database/queries.ts';
import type { CredentialNews } from '../news/news.ts';

/** What an authority says of a certificate of its own. */
export interface StatedStatus extends CertificateName {
  readonly status: CertificateStatus;
}

/** Whether what was said is new for a credential; undefined: the certificate is none. */
export type DerivedOutcome = 'imported' | 'unchanged' | undefined;

interface Row {
  readonly place: string;
  readonly credential_id: string;
  readonly state: string;
  readonly held: boolean;
}

/**
 * Notes what is said of certificates that are not registered (a CRL names them all the same), or are from now on, so that
 * those are told whose derived credentials they are. Certificates that were registered before have their own news.
 * @param now epoch ms
 */
export async function noteDerived(
  client: Queries,
  stated: readonly StatedStatus[],
  now: number,
): Promise<readonly DerivedOutcome[]> {
  const outcomes = stated.map((): DerivedOutcome => undefined);
  const news: CredentialNews[] = [];
  for (const { place, credential_id: credentialId, state, held } of await credentialsNamed(client, stated)) {
    const index = Number(place) - 1;
    const event = eventOf(stated[index]!.status);
    const isNew = state !== 'ended' && (event === 'revoked' || held !== (event === 'held'));
    if (isNew) news.push({ credentialId, type: `credential_${event}` });
    outcomes[index] = isNew ? 'imported' : (outcomes[index] ?? 'unchanged');
  }
  await insertNews(client, news, now);
  return outcomes;
}

const eventOf = (status: CertificateStatus): OwnEvent =>
  status.status === 'good' ? 'released' : isHeld(status) ? 'held' : 'revoked';

async function credentialsNamed(client: Queries, stated: readonly StatedStatus[]): Promise<readonly Row[]> {
  if (stated.length === 0) return [];
  const { rows } = await client.query<Row>(
    `SELECT place, credential_id, state, held
     FROM unnest($1::bytea[], $2::text[]) WITH ORDINALITY AS stated (serial_index, authority_id, place)
     CROSS JOIN LATERAL (
       SELECT credential_id, state, held FROM derived_credential
       WHERE own_index = serial_index AND own_authority = authority_id OFFSET 0
     ) AS credential ORDER BY place, credential_id`,
    [stated.map(({ serialIndex }) => serialIndex), stated.map(({ authorityId }) => authorityId)],
  );
  return rows;
}

async function insertNews(client: Queries, news: readonly CredentialNews[], now: number): Promise<void> {
  if (news.length === 0) return;
  await client.query(
    `INSERT INTO news_item (at, credential_id, type)
     SELECT $1, credential_id, type
     FROM unnest($2::uuid[], $3::text[]) WITH ORDINALITY AS noted (credential_id, type, place) ORDER BY place`,
    [now, news.map(({ credentialId }) => credentialId), news.map(({ type }) => type)],
  );
}
