import type { PoolClient } from 'pg';
import { copyRows, type Field } from '../database/copy-rows.ts';
import { type CertificateDraft, CertificateDrafts, type CertificateName } from './certificate-draft.ts';
import { CERTIFICATE_COLUMNS, type CertificateRow, columnsOf, draftOf } from './certificate.mapping.ts';

/** The certificates that are registered of those named. */
export async function loadCertificates(
  client: PoolClient,
  names: readonly CertificateName[],
): Promise<CertificateDrafts> {
  // One probe of one part for each name: a join would read whole tables of a million rows, as the planner counts all parts.
  const { rows } = await client.query<CertificateRow>({
    name: 'certificates named',
    text: `SELECT found.* FROM (SELECT DISTINCT * FROM unnest($1::text[], $2::bytea[])) AS named (authority_id, serial_index)
     CROSS JOIN LATERAL (
       SELECT ${CERTIFICATE_COLUMNS} FROM certificate
       WHERE serial_index = named.serial_index AND authority_id = named.authority_id OFFSET 0
     ) AS found`,
    values: [names.map(({ authorityId }) => authorityId), names.map(({ serialIndex }) => serialIndex)],
  });
  const drafts = new CertificateDrafts();
  for (const row of rows) drafts.add(draftOf(row));
  return drafts;
}

/** Notes in certificates that are registered which of them came before which. */
export async function loadSuccession(client: PoolClient, drafts: CertificateDrafts): Promise<void> {
  const byId = new Map(drafts.all().map((draft) => [draft.certificateId!, draft]));
  const succession = await client.query<{ successor_id: string; predecessor_id: string }>(
    `SELECT successor_id, predecessor_id FROM succession
     WHERE successor_id = ANY ($1::bigint[]) AND predecessor_id = ANY ($1::bigint[])`,
    [[...byId.keys()]],
  );
  for (const { successor_id, predecessor_id } of succession.rows) {
    byId.get(successor_id)!.predecessors.add(byId.get(predecessor_id)!);
  }
}

const COPIED = {
  table: 'certificate',
  columns: [
    'certificate_id',
    'authority_id',
    'serial_index',
    'carrier',
    'not_after',
    'crl_partition',
    'fingerprint_index',
    'status',
    'revocation_date',
    'reason',
    'invalidity_date',
    'status_since',
    'person_id',
  ],
};

/** Writes new certificates and gives the drafts their ids. */
export async function insertCertificates(client: PoolClient, drafts: readonly CertificateDraft[]): Promise<void> {
  if (drafts.length === 0) return;
  const { rows } = await client.query<{ id: string }>(
    `SELECT nextval('certificate_number') AS id FROM generate_series(1, $1)`,
    [drafts.length],
  );
  for (const [index, draft] of drafts.entries()) draft.certificateId = rows[index]!.id;
  await copyRows(client, COPIED, drafts.map(fieldsOf));
}

function fieldsOf(draft: CertificateDraft): readonly Field[] {
  const { certificateId, authorityId, serialIndex, carrier, notAfter, partition, fingerprintIndex, status } = draft;
  const revoked = status.status === 'revoked' ? status : undefined;
  return [
    certificateId,
    authorityId,
    serialIndex,
    carrier,
    notAfter,
    partition,
    fingerprintIndex,
    status.status,
    revoked?.revocationDate,
    revoked?.reason,
    revoked?.invalidityDate,
    draft.statusSince,
    draft.personId,
  ];
}

/** Writes what can change in known certificates. Of the statement's plan see `BY_INDEX` of the writer. */
export async function updateCertificates(client: PoolClient, drafts: readonly CertificateDraft[]): Promise<void> {
  if (drafts.length === 0) return;
  await client.query({
    name: 'certificates changed',
    text: `UPDATE certificate SET fingerprint_index = given.fingerprint_index, status = given.status,
       revocation_date = given.revocation_date, reason = given.reason, invalidity_date = given.invalidity_date,
       status_since = given.status_since, person_id = coalesce(certificate.person_id, given.person_id)
     FROM unnest($1::text[], $2::bytea[], $3::bytea[], $4::text[], $5::bigint[], $6::text[], $7::bigint[], $8::bigint[],
         $9::bigint[])
       AS given (authority_id, serial_index, fingerprint_index, status, revocation_date, reason, invalidity_date,
         status_since, person_id)
     WHERE (certificate.serial_index, certificate.authority_id) = (given.serial_index, given.authority_id)`,
    values: [
      drafts.map(({ authorityId }) => authorityId),
      drafts.map(({ serialIndex }) => serialIndex),
      ...Object.values(columnsOf(drafts)),
    ],
  });
}

export interface Succession {
  readonly successor: CertificateDraft;
  readonly predecessor: CertificateDraft;
}

export async function insertSuccessions(
  client: PoolClient,
  successions: readonly Succession[],
  now: number,
): Promise<void> {
  if (successions.length === 0) return;
  await client.query(
    `INSERT INTO succession (successor_id, predecessor_id, recorded_at)
     SELECT successor_id, predecessor_id, $3 FROM unnest($1::bigint[], $2::bigint[]) AS edge (successor_id, predecessor_id)`,
    [
      successions.map(({ successor }) => successor.certificateId),
      successions.map(({ predecessor }) => predecessor.certificateId),
      now,
    ],
  );
}
