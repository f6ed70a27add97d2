import type { StatementLine } from '../statements/statement-line.ts';
import { TAX_CATEGORIES, type TaxCategory, taxPercentOf, type TaxRate } from './tax-rate.ts';

/** 切捨て, 四捨五入, 切上げ: the issuer's choice. What is given back is rounded as what was charged. */
export type TaxRounding = 'floor' | 'round' | 'ceil';

/** What is taxed at one rate. */
export interface TaxPart {
  readonly category: TaxCategory;
  readonly percent: bigint;
  /** Yen, before tax. */
  readonly taxableAmount: bigint;
  /** Yen. */
  readonly taxAmount: bigint;
}

/** The consumption tax of a document. */
export interface TaxSummary {
  readonly rounding: TaxRounding;
  /** By category, then by rate. */
  readonly parts: readonly TaxPart[];
  readonly taxAmount: bigint;
  readonly amountWithTax: bigint;
}

export interface TaxRule {
  readonly rates: readonly TaxRate[];
  readonly rounding: TaxRounding;
}

/**
 * Amounts due are added up for each category and rate, and each sum is taxed and rounded once (消費税法施行令 70条の10):
 * never line by line. The rate is that of the month in which the checks were made.
 * @throws BillingError `no_tax_rate`
 */
export function taxOf(lines: Iterable<StatementLine>, { rates, rounding }: TaxRule): TaxSummary {
  const sums = new Map<string, Omit<TaxPart, 'taxAmount'>>();
  for (const { taxCategory: category, usagePeriod, amountDue } of lines) {
    const percent = taxPercentOf(category, usagePeriod, rates);
    const key = `${category} ${percent}`;
    sums.set(key, { category, percent, taxableAmount: (sums.get(key)?.taxableAmount ?? 0n) + amountDue });
  }
  const parts = [...sums.values()]
    .map((part) => ({ ...part, taxAmount: taxAmountOf(part, rounding) }))
    .sort((one, other) => rankOf(one) - rankOf(other) || Number(one.percent - other.percent));
  const taxAmount = parts.reduce((sum, part) => sum + part.taxAmount, 0n);
  const amount = parts.reduce((sum, part) => sum + part.taxableAmount, 0n);
  return { rounding, parts, taxAmount, amountWithTax: amount + taxAmount };
}

/** Yen. An amount below zero bears the tax of the same amount above it, below zero. */
export function taxAmountOf(
  { percent, taxableAmount }: Pick<TaxPart, 'percent' | 'taxableAmount'>,
  rounding: TaxRounding,
): bigint {
  const hundredths = percent * (taxableAmount < 0n ? -taxableAmount : taxableAmount);
  const yen = (hundredths + { floor: 0n, round: 50n, ceil: 99n }[rounding]) / 100n;
  return taxableAmount < 0n ? -yen : yen;
}

const rankOf = ({ category }: TaxPart): number => TAX_CATEGORIES.indexOf(category);
