/**
 * - `invalid_usage_event`: not a CloudEvent of ours, or a time that is too early or too late
 * - `foreign_service_provider`: the service provider does not stand behind who reports
 * - `usage_event_conflict`: another event was accepted under the same source and id; this one is in quarantine
 * - `invalid_usage_events`: the body as a whole cannot be read
 * - `too_many_usage_events`: more octets than a body may have that is not streamed
 */
export type UsageEventErrorCode =
  | 'invalid_usage_event'
  | 'foreign_service_provider'
  | 'usage_event_conflict'
  | 'invalid_usage_events'
  | 'too_many_usage_events';

/** Why reported usage is not counted. */
export class UsageEventError extends Error {
  constructor(
    readonly code: UsageEventErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'UsageEventError';
  }
}

export const USAGE_EVENT_PROBLEMS = {
  invalid_usage_event: { status: 400, title: 'Not a usage event' },
  foreign_service_provider: { status: 403, title: 'The service provider is not yours' },
  usage_event_conflict: { status: 409, title: 'The id is taken by another event' },
  invalid_usage_events: { status: 400, title: 'Not usage events' },
  too_many_usage_events: { status: 413, title: 'Too much at once' },
  // What is accepted must be archived first.
  store_unavailable: { status: 503, title: 'The object store is away' },
  store_full: { status: 503, title: 'The object store is full' },
} as const;
