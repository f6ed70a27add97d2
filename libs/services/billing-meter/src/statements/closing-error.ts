import { type BillingPeriod, billingPeriodBounds, formatJst } from '@kakunin/calendar';

/**
 * - `month_not_over`: it ends later.
 * - `month_passed`: a later month is closed; usage of this one is late, and goes to the next statement.
 * - `issuer_incomplete`: the configuration does not say who bills.
 * - `late_usage`: usage of the month is counted that no statement bills yet.
 * - `other_basis`: an earlier credit note of the statement rests on something else.
 */
export type ClosingErrorCode = 'month_not_over' | 'month_passed' | 'issuer_incomplete' | 'late_usage' | 'other_basis';

/** Why closing, or a correction of what is closed, is refused. The message says what to do. */
export class ClosingError extends Error {
  override readonly name = 'ClosingError';

  constructor(
    readonly code: ClosingErrorCode,
    message: string,
  ) {
    super(message);
  }

  static notOver(period: BillingPeriod): ClosingError {
    const end = formatJst(billingPeriodBounds(period).end);
    return new ClosingError('month_not_over', `${period} is over at ${end}. Close it then; --dry-run shows it now.`);
  }

  static passed(period: BillingPeriod, closed: BillingPeriod): ClosingError {
    const what = `${closed} is closed, so usage of ${period} is late: it goes to the next statement by itself.`;
    return new ClosingError('month_passed', what);
  }

  static issuerIncomplete(): ClosingError {
    return new ClosingError(
      'issuer_incomplete',
      'No invoice can be made: set KAKUNIN_BILLING_ISSUER_NAME and KAKUNIN_BILLING_ISSUER_REGISTRATION_NUMBER.',
    );
  }

  static lateUsage(period: BillingPeriod): ClosingError {
    return new ClosingError(
      'late_usage',
      `Usage of ${period} came late and is not billed yet. Rate again when the next month is closed.`,
    );
  }

  static otherBasis(number: string): ClosingError {
    return new ClosingError(
      'other_basis',
      `${number} gave back something of this statement on another ground: what is right now cannot be told from both. ` +
        'Cancel the statement instead.',
    );
  }
}
