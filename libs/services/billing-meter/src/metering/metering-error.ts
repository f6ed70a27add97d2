/** `segment_conflict`: another segment was counted under the same producer and sequence. */
export type MeteringErrorCode = 'segment_conflict';

/** Why a whole segment is not counted. It goes to the dead-letter topic; no count is touched. */
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
