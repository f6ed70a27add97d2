/**
 * - `too_young`: it has to be kept longer.
 * - `still_needed`: closing, billing, the ledger or a missing segment may need it.
 * - `removal_under_way`: another process removes usage just now.
 * - `removed`: what is asked for was removed.
 */
export type RetentionErrorCode = 'too_young' | 'still_needed' | 'removal_under_way' | 'removed';

export class RetentionError extends Error {
  override readonly name = 'RetentionError';

  constructor(
    readonly code: RetentionErrorCode,
    message: string,
  ) {
    super(message);
  }

  static tooYoung(limit: string, years: number): RetentionError {
    const rule = `KAKUNIN_BILLING_USAGE_RETENTION_YEARS (${years}) and the objection period`;
    return new RetentionError('too_young', `Only what is before ${limit} may be removed, by ${rule}.`);
  }

  static needed(why: string): RetentionError {
    return new RetentionError('still_needed', `Nothing is removed: ${why}.`);
  }
}
