import type { CrlFailureCode } from './types.ts';

/** Why one CRL could not be brought up to date. */
export class Failure extends Error {
  readonly code: CrlFailureCode;

  constructor(code: CrlFailureCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** What goes wrong while files are read and written, as a failure. */
export function failureOf(error: unknown): Failure {
  if (error instanceof Failure) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new Failure('store_full', 'There is no space left.', { cause: error });
  return new Failure('store_failed', message, { cause: error });
}
