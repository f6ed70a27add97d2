import { jstDateOf } from '@kakunin/calendar';
import type { BillingDocument } from '../billing-document.ts';
import { CONTENT_WIDTH, PAGE, type Sheet } from './sheet.ts';
import { dateJa, WORDS } from './words.ts';
import { yen } from './yen.ts';

const LEFT = { x: PAGE.margin, width: 290 };
const RIGHT = { x: PAGE.margin + 310, width: CONTENT_WIDTH - 310 };
const LABEL_WIDTH = 66;

/** What stands above the tables: what it is, from whom, to whom, and how much. */
export function drawLetterhead(sheet: Sheet, document: BillingDocument): void {
  const { title, lead } = WORDS[document.kind];
  sheet.y += sheet.text(title.ja, full(sheet.y), { size: 17, bold: true, align: 'center' }) + 2;
  sheet.y += sheet.text(title.en, full(sheet.y), { size: 8, align: 'center', color: '#555' }) + 16;
  const top = sheet.y;
  const left = drawRecipient(sheet, document, top);
  const right = drawIssuer(sheet, document, drawReferences(sheet, document, top));
  sheet.y = Math.max(left, right) + 12;
  sheet.y += sheet.text(lead.ja, full(sheet.y), { size: 9 }) + 4;
  if (document.corrects) drawCorrection(sheet, document.corrects);
  drawAmount(sheet, document);
}

const full = (y: number) => ({ x: PAGE.margin, y, width: CONTENT_WIDTH });

function drawRecipient(sheet: Sheet, { recipient, customer }: BillingDocument, top: number): number {
  let y = top + sheet.text(`${recipient.name}　御中`, { ...LEFT, y: top }, { size: 13, bold: true }) + 3;
  sheet.line({ ...LEFT, y });
  y += 4;
  return y + sheet.text(`お客様コード: ${customer}`, { ...LEFT, y }, { size: 7.5, color: '#333' });
}

function drawReferences(sheet: Sheet, document: BillingDocument, top: number): number {
  const { number, issuedAt, transactionPeriod, period } = document;
  const [year, month] = period.split('-').map(Number);
  const rows = [
    [document.kind === 'invoice' ? '請求書番号' : '返還請求書番号', number],
    ['発行日', dateJa(jstDateOf(issuedAt))],
    ['請求対象月', `${year}年${month}月`],
    ['取引期間', `${dateJa(transactionPeriod.from)}～${dateJa(transactionPeriod.to)}`],
  ] as const;
  let y = top;
  for (const [label, value] of rows) {
    sheet.text(label, { ...RIGHT, y, width: LABEL_WIDTH }, { size: 7.5, color: '#333' });
    y += sheet.text(value, { x: RIGHT.x + LABEL_WIDTH, y, width: RIGHT.width - LABEL_WIDTH }, { size: 7.5 }) + 2.5;
  }
  return y + 8;
}

function drawIssuer(sheet: Sheet, { issuer }: BillingDocument, top: number): number {
  let y = top + sheet.text(issuer.name, { ...RIGHT, y: top }, { size: 11, bold: true }) + 2;
  for (const text of [issuer.nameEn, issuer.address, `登録番号: ${issuer.registrationNumber}`]) {
    y += sheet.text(text, { ...RIGHT, y }, { size: 8 }) + 2;
  }
  return y;
}

function drawCorrection(sheet: Sheet, { number, reason }: NonNullable<BillingDocument['corrects']>): void {
  const lines = [`対象の請求書: ${number}`, `返還の理由: ${reason.ja} / ${reason.en}`];
  for (const line of lines) sheet.y += sheet.text(line, full(sheet.y), { size: 9 }) + 3;
}

function drawAmount(sheet: Sheet, { kind, tax }: BillingDocument): void {
  const { amount } = WORDS[kind];
  const value = kind === 'invoice' ? tax.amountWithTax : -tax.amountWithTax;
  const box = { x: PAGE.margin, y: sheet.y + 4, width: 330 };
  sheet.text(amount.ja, { ...box, y: box.y + 5, width: 130 }, { size: 10.5, bold: true });
  sheet.text(amount.en, { ...box, y: box.y + 18, width: 130 }, { size: 6, color: '#555' });
  const style = { size: 20, bold: true, align: 'right' } as const;
  const size = sheet.fittingSize(yen(value), 200, style);
  sheet.text(yen(value), { ...box, x: box.x + 130, width: 200 }, { ...style, size });
  sheet.line({ ...box, y: box.y + 28 }, 1.2);
  sheet.y = box.y + 42;
}
