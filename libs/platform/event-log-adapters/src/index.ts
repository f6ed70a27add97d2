export * from './open-event-log.ts';
