/**
 * - `invalid_event`: an event cannot be recorded as it is (a code that is too long, a digest of another length)
 * - `invalid_segment`: octets that are no segment, or a segment cut short or altered
 * - `segment_mismatch`: a segment is whole, but not what its headers say
 * - `journal_unavailable`: the disk under the journal refuses; nothing was recorded
 * - `journal_damaged`: the journal's directory contradicts itself, which no crash of ours explains
 */
export type UsageErrorCode =
  'invalid_event' | 'invalid_segment' | 'segment_mismatch' | 'journal_unavailable' | 'journal_damaged';

/** What can go wrong with usage. */
export class UsageError extends Error {
  readonly code: UsageErrorCode;

  constructor(code: UsageErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'UsageError';
    this.code = code;
  }
}
