import pg from 'pg';

/** What the meter has counted, in each of the places that must agree. */
export interface Accounts {
  /** Definite answers for the service provider, and for the platform provider itself. */
  readonly forServiceProvider: number;
  readonly forItself: number;
  readonly byDay: number;
  readonly byMinute: number;
  readonly byProducer: number;
  /** Records of all segments that were counted. */
  readonly inSegments: number;
  /** Segments that the numbering of the producers shows to be missing. */
  readonly missing: number;
  /** Leaves by producer and day, and the sizes of the ledgers' heads. */
  readonly leaves: number;
  readonly ledgerSize: number;
  /** Segments that are in no ledger yet. */
  readonly pending: number;
}

const READ = `
  SELECT
    (SELECT coalesce(sum(quantity), 0) FROM usage_day WHERE service_provider <> '')::integer AS "forServiceProvider",
    (SELECT coalesce(sum(quantity), 0) FROM usage_day WHERE service_provider = '')::integer AS "forItself",
    (SELECT coalesce(sum(quantity), 0) FROM usage_day)::integer AS "byDay",
    (SELECT coalesce(sum(quantity), 0) FROM usage_count)::integer AS "byMinute",
    (SELECT coalesce(sum(records), 0) FROM usage_producer_day)::integer AS "byProducer",
    (SELECT coalesce(sum(record_count), 0) FROM usage_segment)::integer AS "inSegments",
    (SELECT coalesce(sum(highest_sequence - segment_count), 0) FROM usage_producer)::integer AS missing,
    (SELECT coalesce(sum(leaves), 0) FROM ledger_producer_day)::integer AS leaves,
    (SELECT coalesce(sum(size), 0) FROM ledger_head)::integer AS "ledgerSize",
    (SELECT count(*) FROM ledger_pending)::integer AS pending`;

/** @returns undefined while the database is away */
export async function readAccounts(databaseUrl: string): Promise<Accounts | undefined> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 1_000 });
  // A server that is killed meanwhile is away, which the query says.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.query<Accounts>(READ)).rows[0];
  } catch {
    return undefined;
  } finally {
    await client.end().catch(() => undefined);
  }
}
