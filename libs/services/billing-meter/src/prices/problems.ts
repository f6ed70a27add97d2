import type { BillingErrorCode } from '@kakunin/billing';
import type { ProblemMapping } from '@kakunin/runtime';

/** Every code of a BillingError: what is asked for contradicts the prices (409), or itself (400). */
export const BILLING_PROBLEMS: Readonly<Record<BillingErrorCode, ProblemMapping>> = {
  no_tariff: { status: 409, title: 'Usage has no price' },
  tariff_overlap: { status: 409, title: 'Tariffs overlap' },
  waiver_overlap: { status: 409, title: 'Waivers overlap' },
  commitment_overlap: { status: 409, title: 'Commitments overlap' },
  duplicate_id: { status: 409, title: 'The id is taken' },
  superseded_revision: { status: 409, title: 'The revision is not the latest' },
  first_checks_not_counted: { status: 409, title: 'First checks were not counted' },
  usage_outside_period: { status: 409, title: 'Usage of another month' },
  no_tax_rate: { status: 409, title: 'No rate of consumption tax is known' },
  not_a_credit: { status: 409, title: 'Nothing to give back' },
  credit_exceeds_statement: { status: 409, title: 'More than is due' },
  malformed_document: { status: 409, title: 'Not a statement' },
  unknown_line: { status: 400, title: 'No such line' },
  unknown_id: { status: 400, title: 'No such tariff or waiver' },
  invalid_validity: { status: 400, title: 'Not a validity' },
  invalid_price: { status: 400, title: 'Not a price' },
};
