import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { creditNoteOf, invoiceOf } from '../billing-document.ts';
import { closedWith, creditedTo, everyKindOfLine, GROUNDS } from '../testing/documents.ts';
import { parseCsv } from '../testing/parse-csv.ts';
import { csvCell, csvOf } from './csv.ts';
import { focusCsv, linesCsv } from './document-csv.ts';
import { FOCUS_COLUMNS } from './focus-columns.ts';
import { LINE_COLUMNS } from './line-columns.ts';

const invoice = invoiceOf(closedWith(everyKindOfLine), GROUNDS);
const note = creditNoteOf(creditedTo(everyKindOfLine.slice(0, 3)), GROUNDS);
/** Buffer keeps the byte order mark, which a text decoder drops. */
const rowsOf = (csv: Buffer): Record<string, string>[] => {
  const text = csv.toString('utf8');
  expect(text.startsWith('\uFEFF')).toBe(true);
  expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
  return parseCsv(text.slice(1));
};
const sum = (rows: readonly Record<string, string>[], column: string): bigint =>
  rows.reduce((total, row) => total + BigInt(row[column] ?? 0), 0n);

describe('CSV', () => {
  it('is read back as it was written by whoever knows RFC 4180, and never run as a formula', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.string(), { minLength: 2, maxLength: 2 }), { minLength: 1 }), (rows) => {
        const columns = ['a', 'b'].map((name, index) => ({
          name,
          title: { ja: name, en: name },
          value: (row: string[]) => row[index],
        }));
        const read = parseCsv(csvOf(columns, rows).toString('utf8').slice(1)).map(Object.values);
        const guarded = (text = ''): string => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text);
        expect(read).toEqual(rows.map((row) => row.map(guarded)));
      }),
    );
  });

  it.each([
    ['=1+1,"x"', `"'=1+1,""x"""`],
    ['＝cmd', `'＝cmd`],
    [-5n, '-5'],
    ['-5', `'-5`],
    [undefined, ''],
  ])('writes %s as %s', (cell, written) => {
    expect(csvCell(cell)).toBe(written);
  });
});

describe('the lines of a document', () => {
  it('have every line with what it rests on', () => {
    const rows = rowsOf(linesCsv(invoice));
    expect(rows).toHaveLength(everyKindOfLine.length);
    expect(sum(rows, 'amount_due')).toBe(invoice.totals.amountDue);
    expect(rows[5]).toEqual({
      billing_period: '2026-11',
      state: 'closed',
      as_of: '2026-12-01T09:00:00.000+09:00',
      customer: 'pf-a',
      service_provider: 'sp-c',
      certificate_class: 'signature',
      carrier: 'card',
      channel: 'ocsp',
      purpose: 'signature_verification',
      quantity: '41000',
      unit_price: '20',
      list_amount: '820000',
      waiver_amount: '-820000',
      amount_due: '0',
      tariff_id: 'ocsp-signature',
      waiver_id: 'ocsp-fee-waiver',
      kind: 'usage',
      usage_period: '2026-11',
      tier: '',
      tax_category: 'non_taxable',
      document: 'statement',
      document_number: '2026-000012',
    });
    expect(rowsOf(linesCsv(note))[0]).toMatchObject({ document: 'credit_note', document_number: '2026-C00003' });
  });

  it('keep their columns in their order for ever', () => {
    expect(LINE_COLUMNS.map(({ name }) => name).join()).toBe(
      'billing_period,state,as_of,customer,service_provider,certificate_class,carrier,channel,purpose,quantity,' +
        'unit_price,list_amount,waiver_amount,amount_due,tariff_id,waiver_id,kind,usage_period,tier,tax_category,' +
        'document,document_number',
    );
    for (const { title } of [...LINE_COLUMNS, ...FOCUS_COLUMNS]) expect(title.ja && title.en).not.toBe('');
  });
});

describe('FOCUS', () => {
  it('has costs that add up to what the document asks for, tax included', () => {
    for (const document of [invoice, note]) {
      const rows = rowsOf(focusCsv(document));
      for (const column of ['BilledCost', 'EffectiveCost', 'ContractedCost']) {
        expect(sum(rows, column)).toBe(document.tax.amountWithTax);
      }
      expect(
        sum(
          rows.filter(({ ChargeCategory }) => ChargeCategory !== 'Tax'),
          'ListCost',
        ),
      ).toBe(document.totals.listAmount);
    }
  });

  it('holds to the rules of FOCUS for periods, categories and prices', () => {
    const rows = rowsOf(focusCsv(invoice));
    for (const row of rows) {
      expect(row).toMatchObject({
        BillingCurrency: 'JPY',
        BillingPeriodStart: '2026-10-31T15:00:00Z',
        BillingPeriodEnd: '2026-11-30T15:00:00Z',
        InvoiceId: '2026-000012',
        ChargeCategory: expect.stringMatching(/^(Usage|Credit|Adjustment|Tax)$/) as string,
      });
      if (row['ChargeCategory'] === 'Usage') {
        expect(BigInt(row['ListUnitPrice'] ?? '') * BigInt(row['PricingQuantity'] ?? '')).toBe(
          BigInt(row['ListCost'] ?? ''),
        );
        expect(BigInt(row['ContractedUnitPrice'] ?? '') * BigInt(row['PricingQuantity'] ?? '')).toBe(
          BigInt(row['ContractedCost'] ?? ''),
        );
      } else {
        expect([row['ListUnitPrice'], row['PricingQuantity'], row['ConsumedUnit']]).toEqual(['', '', '']);
      }
    }
    expect(rows[0]).toMatchObject({ ChargeClass: 'Correction', ChargePeriodStart: '2026-09-30T15:00:00Z' });
    expect(rows[1]).toMatchObject({ ChargeClass: '', SubAccountId: 'sp-a', SkuPriceId: 'ocsp-signature' });
    expect(rows.map(({ ChargeCategory }) => ChargeCategory).slice(-4)).toEqual(['Usage', 'Adjustment', 'Tax', 'Tax']);
  });
});
