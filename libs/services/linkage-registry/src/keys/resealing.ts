import type { PoolClient } from 'pg';
import { SEALED_COLUMNS, type SealedColumn } from './sealed-columns.ts';
import type { Vault } from './vault.ts';

/** Where a resealing is: a column of the list, and a page of its table. */
export interface ResealingPlace {
  readonly column: number;
  readonly page: number;
}

export interface Resealed {
  readonly resealed: number;
  /** Of all pages that there are. */
  readonly done: number;
  readonly pages: number;
  /** Absent when it is through. */
  readonly next?: ResealingPlace;
}

/** Some thousand rows: short enough that nobody waits for them. */
const PAGES_AT_ONCE = 64;

interface Row {
  readonly place: string;
  readonly owner: string;
  readonly sealed: Buffer;
}

/**
 * Seals a stretch of a table under the current data key, by its pages on disk: so it needs no index and no order, and
 * whoever begins anew passes quickly over what is done. A row that is changed meanwhile is sealed as it is by who changes it.
 */
export async function reseal(client: PoolClient, vault: Vault, place: ResealingPlace): Promise<Resealed> {
  const column = SEALED_COLUMNS[place.column]!;
  const end = place.page + PAGES_AT_ONCE;
  const { rows } = await client.query<Row>(
    `SELECT ctid::text AS place, ${column.owner} AS owner, ${column.column} AS sealed FROM ${column.table}
     WHERE ctid >= $1::tid AND ctid < $2::tid AND ${sealedOtherwise(column)}`,
    [`(${place.page},0)`, `(${end},0)`, idOf(vault)],
  );
  await client.query(
    `UPDATE ${column.table} SET ${column.column} = given.again
     FROM unnest($1::text[], $2::bytea[], $3::bytea[]) AS given (place, before, again)
     WHERE ctid = given.place::tid AND ${column.column} = given.before`,
    [
      rows.map((row) => row.place),
      rows.map(({ sealed }) => sealed),
      rows.map(({ owner, sealed }) => vault.seal(owner, vault.open(owner, sealed))),
    ],
  );
  const pages = await pagesOf(client);
  const before = pages.slice(0, place.column).reduce((sum, each) => sum + each, 0);
  const through = end >= pages[place.column]!;
  const next = through ? { column: place.column + 1, page: 0 } : { column: place.column, page: end };
  return {
    resealed: rows.length,
    done: before + Math.min(end, pages[place.column]!),
    pages: pages.reduce((sum, each) => sum + each, 0),
    ...(next.column < SEALED_COLUMNS.length && { next }),
  };
}

/** Whether anything is still sealed under a data key; a look at every row. */
export async function isInUse(client: PoolClient, dataKeyId: number): Promise<boolean> {
  for (const { table, column } of SEALED_COLUMNS) {
    const { rowCount } = await client.query(
      `SELECT FROM ${table} WHERE substring(${column} FROM 1 FOR 4) = $1 LIMIT 1`,
      [octetsOf(dataKeyId)],
    );
    if (rowCount !== 0) return true;
  }
  return false;
}

const sealedOtherwise = ({ column }: SealedColumn): string =>
  `${column} IS NOT NULL AND substring(${column} FROM 1 FOR 4) <> $3`;

const idOf = (vault: Vault): Buffer => octetsOf(vault.currentDataKey);

function octetsOf(dataKeyId: number): Buffer {
  const octets = Buffer.alloc(4);
  octets.writeUInt32BE(dataKeyId);
  return octets;
}

/** How many pages the table of each column has on disk. */
async function pagesOf(client: PoolClient): Promise<readonly number[]> {
  const { rows } = await client.query<{ pages: string }>(
    `SELECT pg_relation_size(name::regclass) / current_setting('block_size')::bigint AS pages
     FROM unnest($1::text[]) WITH ORDINALITY AS tables (name, place) ORDER BY place`,
    [SEALED_COLUMNS.map(({ table }) => table)],
  );
  return rows.map(({ pages }) => Number(pages));
}
