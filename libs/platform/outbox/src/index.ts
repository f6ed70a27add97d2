export * from './append-to-outbox.ts';
export * from './outbox.module.ts';
export * from './outbox-event.ts';
export * from './outbox-relay.ts';
