/** - `timing_invalid`: period, validity, overlap and debounce contradict one another. */
export type PublicationErrorCode = 'timing_invalid';

/** What can go wrong before anything is published; what the store says is an `ObjectError`. */
export class PublicationError extends Error {
  readonly code: PublicationErrorCode;

  constructor(code: PublicationErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'PublicationError';
    this.code = code;
  }
}
