import { type Allotment, NEW_ALLOTMENT, type SerialBlock } from '@kakunin/serial-allotment';
import type { Queries } from '../database/queries.ts';

interface AllotmentRow {
  readonly next_ordinal: string;
  readonly key_version: number;
}

interface BlockRow {
  readonly request_id: string;
  readonly first_ordinal: string;
  readonly end_ordinal: string;
  readonly count: number;
  readonly key_version: number;
}

/** Where the allotment stands, locked until the transaction ends. */
export async function lockAllotment(client: Queries, authorityId: string): Promise<Allotment> {
  await client.query(
    'INSERT INTO serial_allotment (authority_id, next_ordinal, key_version) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
    [authorityId, NEW_ALLOTMENT.nextOrdinal, NEW_ALLOTMENT.keyVersion],
  );
  const { rows } = await client.query<AllotmentRow>(
    'SELECT next_ordinal, key_version FROM serial_allotment WHERE authority_id = $1 FOR UPDATE',
    [authorityId],
  );
  const { next_ordinal, key_version: keyVersion } = rows[0]!;
  return { nextOrdinal: Number(next_ordinal), keyVersion };
}

export async function updateAllotment(
  client: Queries,
  authorityId: string,
  { nextOrdinal, keyVersion }: Allotment,
): Promise<void> {
  await client.query('UPDATE serial_allotment SET next_ordinal = $2, key_version = $3 WHERE authority_id = $1', [
    authorityId,
    nextOrdinal,
    keyVersion,
  ]);
}

/** What the request was given before, if it was. */
export async function findBlock(
  client: Queries,
  authorityId: string,
  requestId: string,
): Promise<SerialBlock | undefined> {
  const { rows } = await client.query<BlockRow>(
    `SELECT request_id, first_ordinal, end_ordinal, count, key_version FROM serial_block
     WHERE authority_id = $1 AND request_id = $2`,
    [authorityId, requestId],
  );
  const [row] = rows;
  return (
    row && {
      requestId: row.request_id,
      firstOrdinal: Number(row.first_ordinal),
      endOrdinal: Number(row.end_ordinal),
      count: row.count,
      keyVersion: row.key_version,
    }
  );
}

export async function insertBlock(
  client: Queries,
  { authorityId, block, now }: { readonly authorityId: string; readonly block: SerialBlock; readonly now: number },
): Promise<void> {
  const { requestId, firstOrdinal, endOrdinal, count, keyVersion } = block;
  await client.query(
    `INSERT INTO serial_block (authority_id, request_id, first_ordinal, end_ordinal, count, key_version, allotted_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [authorityId, requestId, firstOrdinal, endOrdinal, count, keyVersion, now],
  );
}
