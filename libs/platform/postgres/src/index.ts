export * from './database-error.ts';
export * from './database.ts';
export * from './database.module.ts';
export * from './embedded/embedded-postgres.ts';
export * from './migrations.ts';
