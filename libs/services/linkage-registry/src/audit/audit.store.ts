import type { AuditEntry, AuditHead, ChainedEntry } from '@kakunin/audit';
import type { PoolClient } from 'pg';
import type { Queries } from '../database/queries.ts';

interface HeadRow {
  readonly size: string;
  readonly hash: Buffer;
}

interface EntryRow {
  readonly sequence: string;
  readonly at: string;
  readonly caller: string;
  readonly on_behalf_of: string | null;
  readonly action: AuditEntry['action'];
  readonly purpose: string;
  readonly outcome: AuditEntry['outcome'];
  readonly holder_tag: Buffer | null;
  readonly hash: Buffer;
}

const COLUMNS = 'sequence, at, caller, on_behalf_of, action, purpose, outcome, holder_tag, hash';
/** So that nobody begins the chain twice: the row is not there yet that appending locks. */
const FIRST = `INSERT INTO audit_head (size, hash) VALUES (0, $1) ON CONFLICT DO NOTHING`;

/** The head, locked until the transaction ends. @param empty the hash of a chain without entries */
export async function lockHead(client: PoolClient, empty: AuditHead): Promise<AuditHead> {
  const lock = () => client.query<HeadRow>('SELECT size, hash FROM audit_head FOR UPDATE');
  let [row] = (await lock()).rows;
  if (!row) {
    await client.query(FIRST, [empty.hash]);
    [row] = (await lock()).rows;
  }
  return headOfRow(row!);
}

/** Where the chain stands, without holding it up. */
export async function readHead(queries: Queries): Promise<AuditHead | undefined> {
  const { rows } = await queries.query<HeadRow>('SELECT size, hash FROM audit_head');
  return rows[0] && headOfRow(rows[0]);
}

const headOfRow = ({ size, hash }: HeadRow): AuditHead => ({ size: Number(size), hash });

/**
 * Counts an entry for each index given (base64; as often as it is given).
 * @returns how many each had before
 */
export async function tallyEntries(client: PoolClient, indexes: readonly string[]): Promise<Map<string, number>> {
  const added = new Map<string, number>();
  for (const index of indexes) added.set(index, (added.get(index) ?? 0) + 1);
  if (added.size === 0) return added;
  const { rows } = await client.query<{ holder_index: Buffer; entries: string }>(
    `INSERT INTO audit_tally AS tally (holder_index, entries) SELECT * FROM unnest($1::bytea[], $2::bigint[])
     ON CONFLICT (holder_index) DO UPDATE SET entries = tally.entries + excluded.entries
     RETURNING holder_index, entries`,
    [[...added.keys()].map((index) => Buffer.from(index, 'base64')), [...added.values()]],
  );
  return new Map(
    rows.map(({ holder_index, entries }) => {
      const index = holder_index.toString('base64');
      return [index, Number(entries) - added.get(index)!];
    }),
  );
}

export async function insertEntries(
  client: PoolClient,
  chained: readonly ChainedEntry[],
  { size, hash }: AuditHead,
): Promise<void> {
  const entries = chained.map(({ entry }) => entry);
  await client.query(
    `WITH added AS (
       INSERT INTO audit_entry (${COLUMNS})
       SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
         $8::bytea[], $9::bytea[])
     )
     UPDATE audit_head SET size = $10, hash = $11`,
    [
      entries.map(({ sequence }) => sequence),
      entries.map(({ at }) => at),
      entries.map(({ caller }) => caller),
      entries.map(({ onBehalfOf }) => onBehalfOf ?? null),
      entries.map(({ action }) => action),
      entries.map(({ purpose }) => purpose),
      entries.map(({ outcome }) => outcome),
      entries.map(({ holderTag }) => (holderTag === undefined ? null : Buffer.from(holderTag, 'hex'))),
      chained.map((each) => each.hash),
      size,
      hash,
    ],
  );
}

/** Entries in their order. @param from the first sequence */
export async function readEntries(
  queries: Queries,
  { from, limit }: { readonly from: number; readonly limit: number },
): Promise<readonly ChainedEntry[]> {
  const { rows } = await queries.query<EntryRow>(
    `SELECT ${COLUMNS} FROM audit_entry WHERE sequence >= $1 ORDER BY sequence LIMIT $2`,
    [from, limit],
  );
  return rows.map(chainedOf);
}

export async function findByTags(queries: Queries, tags: readonly string[]): Promise<readonly AuditEntry[]> {
  const { rows } = await queries.query<EntryRow>(
    `SELECT ${COLUMNS} FROM audit_entry WHERE holder_tag = ANY ($1::bytea[])`,
    [tags.map((tag) => Buffer.from(tag, 'hex'))],
  );
  return rows.map((row) => chainedOf(row).entry);
}

const chainedOf = (row: EntryRow): ChainedEntry => ({
  entry: {
    sequence: Number(row.sequence),
    at: Number(row.at),
    caller: row.caller,
    ...(row.on_behalf_of !== null && { onBehalfOf: row.on_behalf_of }),
    action: row.action,
    purpose: row.purpose,
    outcome: row.outcome,
    ...(row.holder_tag && { holderTag: row.holder_tag.toString('hex') }),
  },
  hash: row.hash,
});
