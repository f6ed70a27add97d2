export type DatabaseErrorCode =
  'database_unavailable' | 'database_busy' | 'migration_changed' | 'migration_failed' | 'embedded_postgres_failed';

/**
 * What can go wrong with a database as such. `database_unavailable` is worth another try when it is back; with
 * `database_busy` the database is there and has too much to do: nothing was changed, and a moment later it may have time.
 */
export class DatabaseError extends Error {
  constructor(
    readonly code: DatabaseErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'DatabaseError';
  }
}
