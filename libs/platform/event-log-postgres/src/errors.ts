import { EventLogError } from '@kakunin/event-log';
import { isAway } from '@kakunin/postgres';

const codeOf = (error: unknown): unknown => (error as { code?: unknown } | null)?.code;

/** What a fault of PostgreSQL means to whom uses the log. */
export function toEventLogError(cause: unknown): EventLogError {
  if (cause instanceof EventLogError) return cause;
  const code = codeOf(cause);
  // SQLSTATE 22P05, 22021: text that the database cannot keep, such as a NUL in a key.
  if (code === '22P05' || code === '22021') {
    return new EventLogError('invalid_event', 'A key must be text without NUL.', { cause });
  }
  if (code === '54000' || code === 'ERR_STRING_TOO_LONG' || cause instanceof RangeError) {
    return new EventLogError('too_large', 'These events are too large for one append: split them.', { cause });
  }
  const why = code === 'database_unavailable' || isAway(cause) ? 'is away' : 'refused the statement';
  return new EventLogError('unavailable', `The database of the event log ${why}; try again.`, { cause });
}

export const unknownTopic = (topic: string): EventLogError =>
  new EventLogError('unknown_topic', `The topic ${topic} does not exist: create it with "kakunin topics create".`);
