import type { BillingError } from '../index.ts';

/** The code of the error that the work ends with; `none` when it does not. */
export function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return (error as BillingError).code;
  }
  return 'none';
}
