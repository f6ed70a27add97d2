export { DatabaseError } from './database-error.ts';
export { Database, isAway } from './database.ts';
export { DatabaseModule } from './database.module.ts';
export { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded/embedded-postgres.ts';
export { migrationsOf } from './migrations.ts';
