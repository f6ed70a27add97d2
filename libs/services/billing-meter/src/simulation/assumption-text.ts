import type { Assumption, Price, TieredPrice } from '@kakunin/billing';
import { type BillingPeriod, jstDateOf } from '@kakunin/calendar';
import { groupDigits } from './yen-text.ts';

/** What is assumed, as a finance office says it. */
export function assumptionText(assumption: Assumption): string {
  switch (assumption.kind) {
    case 'fee_resumes':
      return assumption.waiverId === undefined
        ? `${jstDateOf(assumption.on)} から手数料を徴収（すべての減免が終了）`
        : `${jstDateOf(assumption.on)} に減免 ${assumption.waiverId} が終了`;
    case 'crl_instead_of_ocsp':
      return `${jstDateOf(assumption.from)} から OCSP に代えて CRL を利用`;
    case 'price_replaced':
      return `料金表 ${assumption.tariffId} を変更：${priceText(assumption.price)}`;
  }
}

function priceText(price: Price): string {
  switch (price.kind) {
    case 'unit':
      return `1件 ${groupDigits(price.unitPrice)}円`;
    case 'first_check':
      return `証明書ごとに${price.per === 'month' ? '月' : '年'}の初回のみ ${groupDigits(price.unitPrice)}円`;
    case 'graduated':
      return `段階制${tiersText(price)}`;
    case 'volume':
      return `数量制${tiersText(price)}`;
  }
}

const tiersText = ({ tiers, pooled }: TieredPrice): string =>
  `${pooled ? '・乗合い' : ''}（${tiers
    .map(
      ({ upTo, unitPrice }) =>
        `${upTo === undefined ? '以降' : `${groupDigits(upTo)}件まで`} ${groupDigits(unitPrice)}円`,
    )
    .join('、')}）`;

/** `2026年10月`, `2026年10月〜2027年3月（6か月）`. @param periods ascending */
export function periodsText(periods: readonly BillingPeriod[]): string {
  const [first, last] = [periods[0], periods.at(-1)];
  if (first === undefined || last === undefined) return '';
  return first === last ? monthText(first) : `${monthText(first)}〜${monthText(last)}（${periods.length}か月）`;
}

const monthText = (period: BillingPeriod): string => `${Number(period.slice(0, 4))}年${Number(period.slice(5))}月`;
