export type DatabaseErrorCode =
  'database_unavailable' | 'migration_changed' | 'migration_failed' | 'embedded_postgres_failed';

/** What can go wrong with a database as such; `database_unavailable` is worth another try. */
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
