import type { Assertion, Retraction } from '@kakunin/persons';
import type { Queries } from '../database/queries.ts';

/** A merge, a split or a retraction, as it is recorded. */
export type RecordedChange = Extract<Assertion, { kind: 'persons_merged' | 'person_split' }> | Retraction;

export interface NewRecord {
  readonly record: RecordedChange;
  /** Code of the caller. */
  readonly recordedBy: string;
  readonly requestIndex: Buffer;
}

export async function insertRecord(client: Queries, { record, recordedBy, requestIndex }: NewRecord): Promise<void> {
  const [person, other] = personsOf(record);
  await client.query(
    `INSERT INTO person_record (record_id, kind, person_id, other_id, certificate_ids, retracts, effective_from,
       recorded_at, recorded_by, request_index)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      record.id,
      record.kind,
      person ?? null,
      other ?? null,
      record.kind === 'person_split' ? record.certificates : null,
      record.kind === 'retraction' ? record.retracts : null,
      record.kind === 'retraction' ? null : record.effectiveFrom,
      record.recordedAt,
      recordedBy,
      requestIndex,
    ],
  );
}

function personsOf(record: RecordedChange): readonly string[] {
  if (record.kind === 'retraction') return [];
  return record.kind === 'persons_merged' ? [record.survivor, record.absorbed] : [record.person, record.into];
}

/** What was asked under an id before; undefined: nothing. */
export async function findRequest(client: Queries, requestId: string): Promise<Buffer | undefined> {
  const { rows } = await client.query<{ request_index: Buffer }>(
    `SELECT request_index FROM person_record WHERE record_id = $1
     UNION ALL SELECT request_index FROM erasure WHERE request_id = $1`,
    [requestId],
  );
  return rows[0]?.request_index;
}

/** The persons that a record names; empty: there is no such merge or split. */
export async function personsOfRecord(client: Queries, recordId: string): Promise<readonly string[]> {
  const { rows } = await client.query<{ person_id: string; other_id: string }>(
    'SELECT person_id, other_id FROM person_record WHERE record_id = $1 AND person_id IS NOT NULL',
    [recordId],
  );
  return rows.flatMap(({ person_id, other_id }) => [person_id, other_id]);
}

/** From now on their history is looked at. */
export async function markEntangled(client: Queries, persons: readonly string[]): Promise<void> {
  await client.query('UPDATE person SET entangled = true WHERE person_id = ANY ($1::bigint[]) AND NOT entangled', [
    persons,
  ]);
}
