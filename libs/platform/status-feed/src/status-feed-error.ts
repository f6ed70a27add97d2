/**
 * - `undecodable`: an event of `certificate-events` that follows no schema of ours
 * - `wrong_key`: an event that speaks of another authority than its key
 * - `authority_unknown`: a certificate's status before its authority was registered
 * - `authority_differs`: an authority is registered again as something else
 */
export type StatusFeedErrorCode = 'undecodable' | 'wrong_key' | 'authority_unknown' | 'authority_differs';

/** Why the feed refuses an event; its authority is blocked then. Messages never quote the event. */
export class StatusFeedError extends Error {
  constructor(
    readonly code: StatusFeedErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'StatusFeedError';
  }
}
