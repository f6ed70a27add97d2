/**
 * - `no_tariff`: usage that no tariff covers; it must not fall outside the statement.
 * - `tariff_overlap`, `waiver_overlap`, `commitment_overlap`: two of the same scope hold at the same time.
 * - `invalid_validity`: a validity that is empty, or does not begin and end where it must.
 * - `duplicate_id`: two of a kind with one id.
 * - `superseded_revision`: a correction of what was revised meanwhile.
 * - `unknown_id`: nothing in the prices bears the id.
 * - `invalid_price`: a price below zero, or tiers that do not follow one another.
 * - `first_checks_not_counted`: first checks are priced, and the usage does not say how many there were, or will not.
 * - `usage_outside_period`: usage of another month than the one that is rated.
 * - `no_tax_rate`: no rate of consumption tax is known for the month.
 * - `not_a_credit`: a correction that gives nothing back.
 * - `credit_exceeds_statement`: a correction that gives back more than is still due.
 * - `unknown_line`: a correction of a line that the statement does not have, or that cannot be corrected so.
 * - `malformed_document`: octets that are no closed statement and no credit note in their canonical form.
 */
export type BillingErrorCode =
  | 'no_tariff'
  | 'tariff_overlap'
  | 'waiver_overlap'
  | 'commitment_overlap'
  | 'invalid_validity'
  | 'duplicate_id'
  | 'superseded_revision'
  | 'unknown_id'
  | 'invalid_price'
  | 'first_checks_not_counted'
  | 'usage_outside_period'
  | 'no_tax_rate'
  | 'not_a_credit'
  | 'credit_exceeds_statement'
  | 'unknown_line'
  | 'malformed_document';

/** What keeps prices or a rating from being right. The message says what to do. */
export class BillingError extends Error {
  override readonly name = 'BillingError';
  readonly code: BillingErrorCode;

  constructor(code: BillingErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
