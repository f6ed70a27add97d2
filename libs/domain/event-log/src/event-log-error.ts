export type EventLogErrorCode = 'unknown_topic' | 'topic_differs' | 'unavailable' | 'too_large' | 'invalid_event';

/** What can go wrong with the event log; `unavailable` is worth another try, the others are not. */
export class EventLogError extends Error {
  readonly code: EventLogErrorCode;

  constructor(code: EventLogErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.name = 'EventLogError';
  }
}
