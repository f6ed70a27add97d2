import {
  BillingError,
  canonicalJson,
  type ClosedStatement,
  CONSUMPTION_TAX_RATES,
  differenceOf,
  type PriceList,
  priceListHash,
  type PricesUsed,
  rateUsage,
  type StatementLine,
  taxOf,
  totalsOf,
} from '@kakunin/billing';
import type { BillingPeriod } from '@kakunin/calendar';
import type { FindingList } from './finding-list.ts';
import type { LeafCounts } from './leaf-counts.ts';
import { readPrices } from './price-list.ts';
import type { PublishedPrices } from './types.ts';

/** A month that the statement bills, and what was published for it. */
export interface BilledMonth {
  readonly period: BillingPeriod;
  readonly prices: PriceList;
}

/** The prices of each month that a statement bills; that they are others than it was made by is a finding. */
export async function publishedFor(
  statement: ClosedStatement,
  published: (knownAt: number) => Promise<PublishedPrices>,
  list: FindingList,
): Promise<readonly BilledMonth[]> {
  const used: readonly (PricesUsed & { period: BillingPeriod })[] = [...statement.lateMonths, statement];
  const months: BilledMonth[] = [];
  for (const { period, pricesKnownAt, priceListHash: stated } of used) {
    const prices = readPrices(await published(pricesKnownAt));
    months.push({ period, prices });
    if (priceListHash(prices, statement.customer) !== stated)
      list.add(
        'price_list_differs',
        `${period}分は、公表された料金表とは別の料金で計算されています。`,
        `${period} was priced by other prices than those that were published.`,
      );
  }
  return months;
}

export const pricesFirstChecks = (months: readonly BilledMonth[]): boolean =>
  months.some(({ prices }) => prices.tariffs.some(({ price }) => price.kind === 'first_check'));

export interface MoneyCheck {
  readonly statement: ClosedStatement;
  readonly earlier: readonly ClosedStatement[];
  readonly months: readonly BilledMonth[];
  /** All leaves that the statement's tree holds. */
  readonly counts: LeafCounts;
}

/** Rates the leaves again by what was published, and holds lines, sums and tax against it. */
export function checkMoney(check: MoneyCheck, list: FindingList): void {
  const { statement } = check;
  try {
    for (const line of differenceOf(statement.lines, expectedLines(check)))
      list.add('line_differs', ...describeLine(line));
  } catch (error) {
    if (!(error instanceof BillingError)) throw error;
    list.add(
      'not_rated',
      `公表された料金表では、利用の料金を計算できません（${error.code}）。`,
      `By the published prices the usage cannot be rated (${error.code}): ${error.message}`,
    );
  }
  checkSums(statement, list);
}

/** @throws BillingError of `rateUsage` */
const expectedLines = ({ statement, earlier, months, counts }: MoneyCheck): readonly StatementLine[] =>
  months.flatMap(({ period, prices }) => {
    const rated = rateUsage({ counts: counts.of(period), prices, period });
    // A minimum of another customer is owed without usage, and is on its own statement.
    const own = rated.filter(({ customer }) => customer === statement.customer);
    return period === statement.period ? own : differenceOf(own, billedFor(period, earlier));
  });

const billedFor = (period: BillingPeriod, earlier: readonly ClosedStatement[]): readonly StatementLine[] =>
  earlier.flatMap(({ lines }) => lines.filter(({ usagePeriod }) => usagePeriod === period));

function checkSums(statement: ClosedStatement, list: FindingList): void {
  const { lines, totals, tax } = statement;
  const wrong = lines.findIndex((line) => line.amountDue !== line.listAmount + line.waiverAmount);
  if (wrong >= 0 || canonicalJson(totals) !== canonicalJson(totalsOf(lines)))
    list.add('sum_differs', '明細の合計が請求額と一致しません。', 'The lines do not add up to what is billed.');
  const taxed = taxOf(lines, { rates: CONSUMPTION_TAX_RATES, rounding: tax.rounding });
  if (canonicalJson(tax) !== canonicalJson(taxed))
    list.add(
      'tax_differs',
      `消費税額は${taxed.taxAmount}円、税込額は${taxed.amountWithTax}円になるはずです。`,
      `Consumption tax must be ${taxed.taxAmount} yen, and the amount with tax ${taxed.amountWithTax} yen.`,
    );
}

/** @param line what was billed less what should have been */
function describeLine(line: StatementLine): [ja: string, en: string] {
  const { usagePeriod, serviceProvider, kind, quantity, listAmount, amountDue } = line;
  const { certificateClass, carrier, channel, purpose, unitPrice, tariffId, waiverId } = line;
  const parts = [certificateClass, carrier, channel, purpose, unitPrice && `@${unitPrice}`, tariffId, waiverId];
  const what = [usagePeriod, serviceProvider || '-', kind, ...parts.filter(Boolean)].join(' ');
  return [
    `${what}: 請求額と再計算額の差は、件数 ${signed(quantity)}、定価 ${signed(listAmount)}円、請求 ${signed(amountDue)}円です。`,
    `${what}: billed ${signed(quantity)} checks, ${signed(listAmount)} yen list, ${signed(amountDue)} yen due, against what it costs.`,
  ];
}

const signed = (amount: bigint): string => (amount > 0n ? `+${amount}` : `${amount}`);
