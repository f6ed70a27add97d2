import type { TaxPart, TaxRounding } from '@kakunin/billing';
import type { BillingDocument, Text } from '../billing-document.ts';

/** `2026-10-01` → `2026年10月1日`. */
export const dateJa = (date: string): string => {
  const [year, month, day] = date.split('-').map(Number);
  return `${year}年${month}月${day}日`;
};

/** What differs between the two kinds of documents. */
export const WORDS: Readonly<Record<BillingDocument['kind'], Readonly<Record<'title' | 'lead' | 'amount', Text>>>> = {
  invoice: {
    title: { ja: '請求書（適格請求書）', en: 'Qualified Invoice' },
    lead: { ja: '下記のとおりご請求申し上げます。', en: 'We request payment as stated below.' },
    amount: { ja: 'ご請求金額（税込）', en: 'Amount due, tax included' },
  },
  credit_note: {
    title: { ja: '返還請求書（適格返還請求書）', en: 'Qualified Credit Note' },
    lead: { ja: '下記のとおり売上げに係る対価を返還いたします。', en: 'We give back what is stated below.' },
    amount: { ja: 'ご返還金額（税込）', en: 'Amount given back, tax included' },
  },
};

/** 標準税率, 軽減税率, 非課税, 不課税. */
export const taxLabel = ({ category, percent }: Pick<TaxPart, 'category' | 'percent'>): string =>
  ({
    standard: `${percent}％対象`,
    reduced: `※${percent}％対象（軽減税率）`,
    non_taxable: '非課税',
    out_of_scope: '不課税（対象外）',
  })[category];

/** For a narrow column. */
export const taxMark = ({ category, percent }: Pick<TaxPart, 'category' | 'percent'>): string =>
  ({ standard: `${percent}％`, reduced: `${percent}％※`, non_taxable: '非課税', out_of_scope: '対象外' })[category];

export const ROUNDING_JA: Readonly<Record<TaxRounding, string>> = {
  floor: '切捨て',
  round: '四捨五入',
  ceil: '切上げ',
};
