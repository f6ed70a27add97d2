import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { creditNoteOf, invoiceOf } from '../billing-document.ts';
import { aLine, closedWith, creditedTo, everyKindOfLine, GROUNDS } from '../testing/documents.ts';
import { pdfText } from '../testing/pdf-text.ts';
import { invoicePdf } from './invoice-pdf.ts';

const invoice = invoiceOf(closedWith(everyKindOfLine), GROUNDS);
/** Without the breaks of lines, which depend on widths. */
const read = async (document = invoice): Promise<string> =>
  pdfText(await invoicePdf(document))
    .join('')
    .replaceAll('\n', '');

describe('the PDF of an invoice', () => {
  it('has all items of 消費税法57条の4', async () => {
    const text = await read();
    for (const item of [
      '確認機構',
      'T7000012050002',
      '取引期間2026年10月1日～2026年11月30日',
      '※失効情報の確認',
      '※は軽減税率対象です。',
      '10％対象22,289,463円2,228,946円24,518,409円',
      '※8％対象（軽減税率）217円17円234円',
      '非課税0円0円0円',
      '合計22,289,680円2,228,963円24,518,643円',
      '株式会社プラットフォーム　御中',
    ]) {
      expect(text).toContain(item);
    }
  });

  it('shows what is waived with its price and legal ground, late lines, savings and what is agreed', async () => {
    const text = await read();
    expect(text).toContain('減免（注1）sp-c41,00020820,000△820,0000非課税');
    expect(text).toContain('注1 減免（ocsp-fee-waiver）の根拠: 公的個人認証法第67条第1項に基づく手数料を');
    expect(text).toContain('【過月分】失効情報の確認（署名用・カード・OCSP・署名の検証・2026年10月分）sp-a2105210');
    expect(text).toContain('乗合いによる値引き（2026年11月分）sp-b0△1,234,567');
    expect(text).toContain('月額最低料金との差額（2026年11月分）');
    expect(text).toContain(`請求明細の SHA-256: ${invoice.contentHash}`);
  });

  it('is on as many pages as it needs: each has number and titles, no line is lost, none is cut', async () => {
    const long = '株式会社とても長い名前のサービス提供者の事業部'.repeat(4);
    const lines = Array.from({ length: 120 }, (_, index) =>
      aLine({ serviceProvider: index % 9 === 0 ? `${long}${index}` : `sp-${index}` }, 10n ** 12n + BigInt(index)),
    );
    const pages = pdfText(await invoicePdf(invoiceOf(closedWith(lines, { recipient: long }), GROUNDS)));
    expect(pages.length).toBeGreaterThan(3);
    for (const [index, page] of pages.entries()) {
      expect(page).toContain(`2026-000012　${index + 1} / ${pages.length}`);
      expect(page).toContain('サービス提供者');
    }
    const text = pages.join('').replaceAll('\n', '');
    for (const [index, { serviceProvider, quantity }] of lines.entries()) {
      expect(text).toContain(serviceProvider);
      // On one line, however large.
      expect(pages.join('\n')).toContain(`\n${quantity.toString().replaceAll(/\B(?=(\d{3})+$)/g, ',')}\n`);
      expect(text).toContain(`${index + 1}失効情報の確認`);
    }
  });

  it('marks characters that the font does not have, and leaves none out', async () => {
    const text = await read(invoiceOf(closedWith([aLine()], { recipient: '𓀀髙橋\u0007商店' }), GROUNDS));
    expect(text).toContain('〓髙橋〓商店　御中');
  });

  it('is the same octet for octet, today and with every release until somebody changes the layout', async () => {
    const document = { ...invoice, contentHash: 'ab'.repeat(32) };
    const octets = await invoicePdf(document);
    expect(await invoicePdf(document)).toEqual(octets);
    expect(octets.includes('/Filter')).toBe(false);
    expect(octets.includes('(D:20261201000000Z)')).toBe(true);
    expect(createHash('sha256').update(octets).digest('hex')).toBe(
      '4c1a173d4afd8b66ce5c677ad8b64f431fb7733ef5ba83f5ea15e67d4e3be6a2',
    );
  });
});

it('of a credit note names the invoice, the reason and what is given back', async () => {
  const text = await read(creditNoteOf(creditedTo(everyKindOfLine.slice(0, 3)), GROUNDS));
  for (const item of [
    '返還請求書（適格返還請求書）',
    '2026-C00003',
    '対象の請求書: 2026-000012',
    '件数の誤り',
    'T7000012050002',
  ]) {
    expect(text).toContain(item);
  }
  expect(text).toMatch(/Amount given back, tax included[\d,]+円/);
  expect(text).toMatch(/10％対象△[\d,]+円△[\d,]+円△[\d,]+円/);
});
