import { type CertificateId, type MintedKey, PersonHistory, type PersonId, type PersonRecord } from '@kakunin/persons';
import { PREDECESSORS } from '../certificates/lineage.ts';
import type { Queries } from '../database/queries.ts';

/** What opens a key of a circle. */
export interface SealedKey extends MintedKey {
  readonly sealed: Buffer;
  /** Of the first key of a person; a further one has none. */
  readonly holderIndex?: Buffer;
}

/** Persons that hang together by merges and splits, their certificates and their keys. */
export interface Circle {
  readonly history: PersonHistory;
  readonly persons: readonly PersonId[];
  readonly erased: ReadonlySet<PersonId>;
  readonly certificates: readonly CertificateId[];
  /** Those that are not destroyed. */
  readonly keys: readonly SealedKey[];
}

/** All that hangs together with some persons; for most persons it is themselves. */
export async function loadCircle(client: Queries, persons: readonly PersonId[]): Promise<Circle> {
  const known = new Set(persons);
  for (;;) {
    const size = known.size;
    const records = await recordsOf(client, [...known]);
    const named = await certificatesOf(client, [...known], records);
    for (const each of [...records, ...named]) for (const person of personsIn(each)) known.add(person);
    if (known.size > size) continue;
    const successions = await successionsOf(client, named);
    const retractions = await retractionsOf(client, records);
    return {
      history: PersonHistory.of([...named, ...successions, ...records, ...retractions]),
      persons: [...known],
      certificates: named.map(({ certificate }) => certificate),
      ...(await keysOf(client, [...known])),
    };
  }
}

type Edge = Extract<PersonRecord, { kind: 'persons_merged' | 'person_split' }>;
type Named = Extract<PersonRecord, { kind: 'holder_named' }>;

const personsIn = (record: Edge | Named): readonly PersonId[] => {
  if (record.kind === 'holder_named') return [record.person];
  return record.kind === 'persons_merged' ? [record.survivor, record.absorbed] : [record.person, record.into];
};

interface EdgeRow {
  readonly record_id: string;
  readonly kind: Edge['kind'];
  readonly person_id: string;
  readonly other_id: string;
  readonly certificate_ids: string[] | null;
  readonly effective_from: string;
  readonly recorded_at: string;
}

async function recordsOf(client: Queries, persons: readonly PersonId[]): Promise<readonly Edge[]> {
  const { rows } = await client.query<EdgeRow>(
    `SELECT record_id, kind, person_id, other_id, certificate_ids, effective_from, recorded_at
     FROM person_record WHERE person_id = ANY ($1::bigint[]) OR other_id = ANY ($1::bigint[])
     ORDER BY recorded_at, record_id`,
    [persons],
  );
  return rows.map((row): Edge => {
    const { record_id: id, person_id: person, other_id: other } = row;
    const times = { id, effectiveFrom: Number(row.effective_from), recordedAt: Number(row.recorded_at) };
    if (row.kind === 'persons_merged') return { kind: row.kind, ...times, survivor: person, absorbed: other };
    return { kind: row.kind, ...times, person, into: other, certificates: row.certificate_ids ?? [] };
  });
}

async function retractionsOf(client: Queries, records: readonly Edge[]): Promise<readonly PersonRecord[]> {
  const { rows } = await client.query<{ record_id: string; retracts: string; recorded_at: string }>(
    'SELECT record_id, retracts, recorded_at FROM person_record WHERE retracts = ANY ($1::uuid[])',
    [records.map(({ id }) => id)],
  );
  return rows.map(({ record_id: id, retracts, recorded_at }) => {
    return { kind: 'retraction', id, retracts, recordedAt: Number(recorded_at) };
  });
}

const ONE_CERTIFICATE = 'SELECT person_id FROM certificate WHERE certificate_id = lineage.certificate_id OFFSET 0';

/** Certificates of the persons, those that splits name, and all that they came from. What a CA's feed says, it says of all times. */
async function certificatesOf(
  client: Queries,
  persons: readonly PersonId[],
  records: readonly Edge[],
): Promise<readonly Named[]> {
  const named = records.flatMap((each) => (each.kind === 'person_split' ? each.certificates : []));
  const { rows } = await client.query<{ certificate_id: string; person_id: string }>(
    `WITH RECURSIVE lineage AS (
       SELECT certificate_id FROM certificate WHERE person_id = ANY ($1::bigint[]) OR certificate_id = ANY ($2::bigint[])
       UNION SELECT predecessor_id FROM lineage CROSS JOIN ${PREDECESSORS}
     )
     SELECT lineage.certificate_id, person_id FROM lineage CROSS JOIN LATERAL (${ONE_CERTIFICATE}) AS certificate
     WHERE person_id IS NOT NULL`,
    [persons, named],
  );
  return rows.map(({ certificate_id: certificate, person_id: person }) => {
    return { kind: 'holder_named', id: `holder ${certificate}`, certificate, person, effectiveFrom: 0, recordedAt: 0 };
  });
}

async function successionsOf(client: Queries, named: readonly Named[]): Promise<readonly PersonRecord[]> {
  const { rows } = await client.query<{ successor_id: string; predecessor_id: string }>(
    'SELECT successor_id, predecessor_id FROM succession WHERE successor_id = ANY ($1::bigint[])',
    [named.map(({ certificate }) => certificate)],
  );
  return rows.map(({ successor_id: successor, predecessor_id: predecessor }) => {
    const id = `${successor} after ${predecessor}`;
    return { kind: 'certificate_succeeded', id, successor, predecessor, effectiveFrom: 0, recordedAt: 0 };
  });
}

interface KeyRow {
  readonly person_id: string;
  readonly key_id: string;
  readonly holder_index: Buffer | null;
  readonly person_key_sealed: Buffer | null;
  readonly minted_at: string;
}

async function keysOf(client: Queries, persons: readonly PersonId[]): Promise<Pick<Circle, 'keys' | 'erased'>> {
  const { rows } = await client.query<KeyRow>(
    `SELECT person_id, person_id AS key_id, holder_index, person_key_sealed, minted_at
     FROM person WHERE person_id = ANY ($1::bigint[])
     UNION ALL SELECT person_id, key_id, NULL, person_key_sealed, minted_at
     FROM further_person_key WHERE person_id = ANY ($1::bigint[])
     ORDER BY key_id`,
    [persons],
  );
  const erased = new Set(rows.flatMap((row) => (row.person_key_sealed === null ? [row.person_id] : [])));
  const keys = rows.flatMap((row): SealedKey[] => {
    const { person_id: person, key_id: keyId, holder_index: holderIndex, person_key_sealed: sealed } = row;
    if (sealed === null) return [];
    return [{ keyId, person, mintedAt: Number(row.minted_at), sealed, ...(holderIndex && { holderIndex }) }];
  });
  return { erased, keys };
}
