export { appendToOutbox, lockOutboxKey } from './append-to-outbox.ts';
export { type CaughtUpListener, OutboxModule } from './outbox.module.ts';
export type { OutboxEvent, SqlTransaction } from './outbox-event.ts';
export type { CaughtUp } from './outbox-relay.ts';
