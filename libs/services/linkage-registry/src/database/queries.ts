import type { QueryResult, QueryResultRow } from 'pg';

/** A connection inside a transaction, or the database itself. */
export interface Queries {
  query<R extends QueryResultRow>(text: string, values?: unknown[]): Promise<QueryResult<R>>;
}
