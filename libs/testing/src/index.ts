export * from './postgres.ts';
export * from './object-store-contract.ts';
export * from './in-memory-event-log.ts';
