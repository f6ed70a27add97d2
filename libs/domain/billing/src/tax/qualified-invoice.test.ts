import { describe, expect, it } from 'vitest';
import {
  type InvoiceInput,
  missingItems,
  missingPartyItems,
  PriceList,
  qualifiedInvoiceOf,
  rateUsage,
} from '../index.ts';
import { closedWith } from '../testing/closed-statement.ts';
import { cap, jst, month, tariff, unit } from '../testing/prices.ts';
import { count } from '../testing/usage.ts';

const prices = new PriceList(
  [
    tariff('fee', unit(105n), { scope: { channel: 'ocsp' } }),
    tariff('reduced', unit(50n), { scope: { channel: 'crl' }, taxCategory: 'reduced' }),
  ],
  [],
  [cap('most', 300n)],
);
const lines = [
  ...rateUsage({ counts: [count(1n, { time: jst('2026-10-31') })], prices, period: month('2026-10') }),
  ...rateUsage({ counts: [count(3n), count(1n, { channel: 'crl' })], prices, period: month('2026-11') }),
];
const statement = closedWith(lines);
const input: InvoiceInput = {
  issuer: { name: '確認機構', registrationNumber: 'T7000012050002' },
  recipient: { name: '株式会社プラットフォーム' },
  statement,
};
const missingFrom = (part: Partial<InvoiceInput>) => missingItems({ ...input, ...part });
const { tax } = statement;

describe('a qualified invoice', () => {
  it('has what the law wants', () => {
    const made = qualifiedInvoiceOf(input);
    if (!('invoice' in made)) throw new Error(made.missing.join());
    const { invoice } = made;
    expect(invoice).toMatchObject({
      issuer: input.issuer,
      recipient: input.recipient,
      transactionPeriod: { from: '2026-10-01', to: '2026-11-30' },
      tax: {
        parts: [
          { category: 'standard', percent: 10n, taxableAmount: 405n, taxAmount: 40n },
          { category: 'reduced', percent: 8n, taxableAmount: 50n, taxAmount: 4n },
        ],
        amountWithTax: 499n,
      },
      statement: { customer: 'pf-a', period: '2026-11', contentHash: statement.contentHash },
    });
    expect(invoice.lines.map(({ description, reducedRate }) => [description.ja, reducedRate])).toEqual([
      ['失効情報の確認（署名用・カード・OCSP・署名の検証・2026年10月分）', false],
      ['月額上限料金との差額（2026年11月分）', false],
      ['失効情報の確認（署名用・カード・CRL・署名の検証・2026年11月分）', true],
      ['失効情報の確認（署名用・カード・OCSP・署名の検証・2026年11月分）', false],
    ]);
    expect(invoice.lines[1]?.description.en).toBe('Difference to the monthly cap (2026-11)');
  });

  it.each<[string, Partial<InvoiceInput>, string[]]>([
    ['the name of the issuer', { issuer: { ...input.issuer, name: '　' } }, ['issuer_name']],
    [
      'a number with a wrong digit',
      { issuer: { ...input.issuer, registrationNumber: 'T8000012050002' } },
      ['registration_number'],
    ],
    ['the name of the recipient', { recipient: { name: '' } }, ['recipient_name']],
    ['anything that was supplied', { statement: { ...statement, lines: [] } }, ['description', 'amount_per_rate']],
    [
      'anything at all',
      { statement: { ...statement, lines: [], tax: { ...tax, parts: [] } } },
      ['description', 'amount_per_rate'],
    ],
    ['supplies of its own time', { statement: { ...statement, period: month('2026-10') } }, ['transaction_period']],
    ['a line in the sums', { statement: { ...statement, lines: lines.slice(1) } }, ['amount_per_rate']],
    [
      'tax that is rounded once',
      { statement: { ...statement, tax: { ...tax, parts: tax.parts.map((part) => ({ ...part, taxAmount: 41n })) } } },
      ['tax_per_rate'],
    ],
  ])('is none without %s', (_what, part, missing) => {
    expect(missingFrom(part)).toEqual(missing);
    expect(qualifiedInvoiceOf({ ...input, ...part })).toEqual({ missing });
  });

  it('names all that is missing, in the order of the law', () => {
    const nobody = { issuer: { name: '', registrationNumber: '' }, recipient: { name: '' } };
    expect(missingFrom(nobody)).toEqual(['issuer_name', 'registration_number', 'recipient_name']);
    expect(missingPartyItems(nobody)).toEqual(missingFrom(nobody));
    expect([missingFrom({}), missingPartyItems(input)]).toEqual([[], []]);
  });
});
