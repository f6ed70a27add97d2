/**
 * - `unreachable`: no connection, no trust, or no answer.
 * - `unable`: the service answers that it cannot work now (503); the same call may succeed later.
 * - `refused`: any other answer that is not a success; `problem` is its code when it gave one.
 * - `unexpected_answer`: not the service that was meant, or another version of it.
 * - `input_failed`: what should have been sent could not be read.
 */
export type ServiceCallErrorCode = 'unreachable' | 'unable' | 'refused' | 'unexpected_answer' | 'input_failed';

/** A call that did not succeed; the message is for people and says what to do. */
export class ServiceCallError extends Error {
  /** The code of the problem+json (RFC 9457) that the service answered. */
  readonly problem: string | undefined;

  constructor(
    readonly code: ServiceCallErrorCode,
    message: string,
    options?: ErrorOptions & { readonly problem?: string | undefined },
  ) {
    super(message, options);
    this.name = 'ServiceCallError';
    this.problem = options?.problem;
  }
}
