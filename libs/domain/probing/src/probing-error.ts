/**
 * - `counter_invalid`: what was kept of a counter is none
 * - `honey_rate_invalid`: one in how many must be between 2 and 2³¹
 */
export type ProbingErrorCode = 'counter_invalid' | 'honey_rate_invalid';

/** What can go wrong in watching callers. */
export class ProbingError extends Error {
  readonly code: ProbingErrorCode;

  constructor(code: ProbingErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ProbingError';
    this.code = code;
  }
}
