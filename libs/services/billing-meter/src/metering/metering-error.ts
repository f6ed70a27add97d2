/**
 * - `segment_conflict`: another segment was counted under the same producer and sequence
 * - `segment_from_future`: a segment that bears a time that is still to come
 * - `archive_damaged`: an object of the archive is not what was written
 * - `unknown_producer`: no journal of that name was ever counted
 * - `segments_missing`: a journal cannot be retired while segments of it are missing
 */
export type MeteringErrorCode =
  'segment_conflict' | 'segment_from_future' | 'archive_damaged' | 'unknown_producer' | 'segments_missing';

/** What goes wrong between a segment and its count. Of a segment: it goes to the dead-letter topic, and no count is touched. */
export class MeteringError extends Error {
  constructor(
    readonly code: MeteringErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'MeteringError';
  }
}
