import { beforeAll, describe, expect, it } from 'vitest';
import { type BillingDocument, creditNoteOf, invoiceOf } from '../billing-document.ts';
import { aLine, closedWith, creditedTo, everyKindOfLine, GROUNDS } from '../testing/documents.ts';
import { JpPintValidator } from '../testing/jp-pint/validator.ts';
import { invoiceUbl } from './invoice-ubl.ts';
import { parseElectronicAddress } from './jp-pint.ts';

const buyer = parseElectronicAddress('0188:2021001052596');
const all = closedWith(everyKindOfLine);
const documents: readonly [string, BillingDocument][] = [
  ['an invoice with lines of every kind', invoiceOf(all, GROUNDS)],
  ['what is rounded up', invoiceOf(closedWith(everyKindOfLine, { rounding: 'ceil' }), GROUNDS)],
  [
    'an invoice of 0 yen',
    invoiceOf(closedWith([aLine({ waiverId: 'ocsp-fee-waiver', taxCategory: 'non_taxable' })]), GROUNDS),
  ],
  [
    'names with everything that XML minds',
    invoiceOf(
      closedWith([aLine({ serviceProvider: '<&>"\u0001\uFFFF𠮷' })], { recipient: ']]>&amp; 𠮷野家\u0000' }),
      GROUNDS,
    ),
  ],
  ['a credit note', creditNoteOf(creditedTo(everyKindOfLine.slice(0, 3)), GROUNDS)],
  ['a credit note over everything', creditNoteOf(creditedTo([]), GROUNDS)],
];

const made = documents.map(([name, document]): [string, Buffer] => [name, invoiceUbl(document, buyer)]);
const right = invoiceUbl(invoiceOf(all, GROUNDS), buyer).toString();
const wrong = right
  .replace('<cbc:TaxInclusiveAmount currencyID="JPY">', '$&1')
  .replace('>T7000012050002</cbc:CompanyID>', '>T7</cbc:CompanyID>');

describe('UBL 2.1 by JP PINT', () => {
  let validator: JpPintValidator;
  let brokenRules: Readonly<Record<string, readonly string[]>>;
  beforeAll(async () => {
    validator = await JpPintValidator.open();
    // All at once: translating the rules takes longer than checking by them.
    brokenRules = await validator.brokenRules([
      ...made,
      ['without a buyer', invoiceUbl(invoiceOf(all, GROUNDS))],
      ['wrong', Buffer.from(wrong)],
    ]);
  }, 240_000);

  it('is valid by the schema of UBL and breaks no rule of OpenPeppol', async () => {
    await validator.checkSchema(made);
    const { wrong: _, ...broken } = brokenRules;
    expect(broken).toEqual({
      ...Object.fromEntries(documents.map(([name]) => [name, []])),
      'without a buyer': ['ibr-080'],
    });
    for (const [index, [, document]] of documents.entries())
      expect(invoiceUbl(document, buyer)).toEqual(made[index]?.[1]);
  });

  it('is found out by schema and rules when it is not right', async () => {
    expect(brokenRules['wrong']).toEqual(expect.arrayContaining(['ibr-co-15', 'aligned-ibr-jp-01']));
    const unknown = Buffer.from(right.replaceAll('cbc:IssueDate', 'cbc:Issued'));
    await expect(validator.checkSchema([['unknown', unknown]])).rejects.toThrow('This element is not expected');
  });
});

it('adds up line by line: quantity × price − waiver, for each line and all of them', () => {
  for (const [, document] of documents) {
    const xml = invoiceUbl(document, buyer).toString();
    const lines = xml.split('<cac:InvoiceLine>').slice(1);
    const number = (line: string, name: string): bigint =>
      BigInt(new RegExp(`<cbc:${name}[^>]*>(-?\\d+)<`).exec(line)?.[1] ?? 0);
    const sums = lines.map((line) => {
      const sign = line.includes('<cbc:ChargeIndicator>true<') ? 1n : -1n;
      return number(line, 'InvoicedQuantity') * number(line, 'PriceAmount') + sign * number(line, 'Amount');
    });
    expect(sums).toEqual(lines.map((line) => number(line, 'LineExtensionAmount')));
    expect(sums.reduce((sum, yen) => sum + yen, 0n)).toBe(document.totals.amountDue);
  }
});
