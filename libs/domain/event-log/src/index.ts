export * from './event-log.ts';
export * from './event-log-error.ts';
export * from './event-identity.ts';
export * from './topics.ts';
export * from './partitioner.ts';
