import type { Ppid } from '@kakunin/linkage';
import type { PpidMapEntry } from '@kakunin/sectors';
import type { PoolClient } from 'pg';

export type MapPair = PpidMapEntry;

const AT_ONCE = 5_000;

/** A temporary table is nobody else's, is not in the write-ahead log, and ends with its connection at the latest. */
export async function startPairs(client: PoolClient): Promise<void> {
  await client.query('DROP TABLE IF EXISTS pg_temp.map_pair');
  await client.query('CREATE TEMPORARY TABLE map_pair (old text COLLATE "C", new text)');
}

export async function putPairs(client: PoolClient, pairs: readonly MapPair[]): Promise<void> {
  await client.query('INSERT INTO map_pair SELECT * FROM unnest($1::text[], $2::text[])', [
    pairs.map(({ old }) => old),
    pairs.map((pair) => pair.new),
  ]);
}

/** By the old names, which look random, and in the order in which a map is signed: that of octets. */
export async function* linesInOrder(client: PoolClient): AsyncGenerator<readonly MapPair[]> {
  await client.query('BEGIN');
  try {
    await client.query('DECLARE pair_in_order NO SCROLL CURSOR FOR SELECT old, new FROM map_pair ORDER BY old');
    for (;;) {
      const { rows } = await client.query<{ old: Ppid; new: Ppid }>(`FETCH ${AT_ONCE} FROM pair_in_order`);
      if (rows.length === 0) break;
      yield rows;
    }
    await client.query('CLOSE pair_in_order');
    await client.query('DROP TABLE map_pair');
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}
