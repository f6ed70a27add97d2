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

/**
 * The tax that changes with lines, for each category and rate: what is right of it, less what was charged. So all that
 * was ever charged and given back is the tax of what is left, to the yen, in however many steps. Of one step it is the
 * exact tax rounded up or down, once for each rate.
 * @param lines the change
 * @param right tax of all lines after it
 * @param charged taxes of the documents before it
 */
export function taxOfChange(
  lines: Iterable<StatementLine>,
  right: TaxSummary,
  { charged, rates }: { readonly charged: readonly TaxSummary[]; readonly rates: readonly TaxRate[] },
): TaxSummary {
  const { rounding } = right;
  const change = taxOf(lines, { rates, rounding });
  const parts = change.parts.map((part) => {
    const before = charged.reduce((sum, document) => sum + taxAmountIn(document, part), 0n);
    return { ...part, taxAmount: taxAmountIn(right, part) - before };
  });
  const taxAmount = parts.reduce((sum, part) => sum + part.taxAmount, 0n);
  return { rounding, parts, taxAmount, amountWithTax: change.amountWithTax - change.taxAmount + taxAmount };
}

const taxAmountIn = ({ parts }: TaxSummary, { category, percent }: TaxPart): bigint =>
  parts.find((part) => part.category === category && part.percent === percent)?.taxAmount ?? 0n;

const rankOf = ({ category }: TaxPart): number => TAX_CATEGORIES.indexOf(category);
