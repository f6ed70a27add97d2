import type { OutboxEvent, SqlTransaction } from './outbox-event.ts';

/** PostgreSQL's channel on which the relay is told that there is work. */
export const OUTBOX_CHANNEL = 'outbox_event';

/** Names of our advisory locks (first of two numbers), so that they are nobody else's. */
const KEY_LOCKS = 0x6b6b_6b01;
export const RELAY_LOCK = 0x6b6b_6b02;

/**
 * Takes the place of this transaction in the order of a key: from here until its end no other one appends to the key.
 * Take it before reading what the event will state, so that the last event in order is the last state.
 */
export async function lockOutboxKey(transaction: SqlTransaction, topic: string, key: string): Promise<void> {
  await transaction.query('SELECT pg_advisory_xact_lock($1::int, hashtext($2::text))', [KEY_LOCKS, `${topic}/${key}`]);
}

/**
 * Writes events in the caller's transaction: they reach the log if and only if it commits. Events of one key get there
 * in the order of commits; within one call, in the order given.
 */
export async function appendToOutbox(transaction: SqlTransaction, events: readonly OutboxEvent[]): Promise<void> {
  if (events.length === 0) return;
  const keys = new Map(events.map(({ topic, key }) => [`${topic}/${key}`, { topic, key }]));
  // Always in the same order: two transactions with the same keys cannot wait for each other.
  for (const name of [...keys.keys()].sort()) {
    const { topic, key } = keys.get(name)!;
    await lockOutboxKey(transaction, topic, key);
  }
  // The relay is told at commit, and only then.
  await transaction.query(
    `WITH appended AS (
       INSERT INTO outbox_event (topic, key, value)
       SELECT topic, key, value
       FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS event (topic, key, value, place)
       ORDER BY place
     )
     SELECT pg_notify($4, '')`,
    [
      events.map(({ topic }) => topic),
      events.map(({ key }) => key),
      events.map(({ value }) => JSON.stringify(value)),
      OUTBOX_CHANNEL,
    ],
  );
}
