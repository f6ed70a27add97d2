import { EventLogError } from '@kakunin/event-log';
import { findErrorBy, UserError } from '@platformatic/kafka';

/** Whether one of the errors within is this one of Kafka's protocol, by its name. */
export const isProtocolError = (error: unknown, apiId: string): boolean =>
  error instanceof Error && findErrorBy(error, 'apiId', apiId) !== null;

/** The client answers an unknown topic with an error of its own, which has no code for it. */
export const isUnknownTopic = (error: unknown): boolean =>
  isProtocolError(error, 'UNKNOWN_TOPIC_OR_PARTITION') ||
  (error instanceof UserError && error.message.startsWith('Unknown topic '));

const TOO_LARGE = ['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE'];

/** What a fault of the client or the cluster means to whom uses the log. */
export function toEventLogError(cause: unknown): EventLogError {
  if (cause instanceof EventLogError) return cause;
  if (TOO_LARGE.some((apiId) => isProtocolError(cause, apiId))) {
    return new EventLogError('too_large', 'An event is larger than its topic takes (max.message.bytes).', { cause });
  }
  return new EventLogError('unavailable', 'Kafka is away or refused the request; try again.', { cause });
}

export const unknownTopic = (topic: string, cause?: unknown): EventLogError =>
  new EventLogError('unknown_topic', `The topic ${topic} does not exist: create it with "kakunin topics create".`, {
    cause,
  });
