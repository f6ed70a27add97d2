import type { BillingDocument, DocumentLine } from '../billing-document.ts';
import { drawLetterhead } from './letterhead.ts';
import { lineTable, type NumberedLine, SUMS, TAX } from './line-tables.ts';
import { CONTENT_WIDTH, PAGE, Sheet } from './sheet.ts';
import { drawTable } from './table.ts';
import { ROUNDING_JA, WORDS } from './words.ts';

/**
 * The document as PDF in Japanese, with all that 消費税法57条の4 asks for. The same document makes the same octets: no clock,
 * no chance, no compression; only another release of the font or of pdfkit may lay it out anew.
 */
export async function invoicePdf(document: BillingDocument): Promise<Buffer> {
  const { issuer, kind, number, issuedAt, contentHash } = document;
  const title = `${WORDS[kind].title.ja} ${number}`;
  const sheet = new Sheet({ title, author: issuer.name, subject: contentHash, createdAt: issuedAt });
  drawLetterhead(sheet, document);
  await drawTable(sheet, TAX, [...document.tax.parts, ...(document.tax.parts.length > 1 ? [document.tax] : [])]);
  sheet.y += 10;
  await drawTable(sheet, SUMS, [document.totals]);
  sheet.y += 14;
  const notes = noteNumbersOf(document.lines);
  const rows: NumberedLine[] = document.lines.map((line, index) => ({ ...line, position: index + 1 }));
  await drawTable(sheet, lineTable(notes), [...rows, document.totals]);
  drawNotes(sheet, document, notes);
  return sheet.finish((page, pages) => drawFooter(sheet, document, `${page} / ${pages}`));
}

/** Waivers in the order in which lines name them, numbered from 1. */
const noteNumbersOf = (lines: readonly DocumentLine[]): ReadonlyMap<string, number> =>
  new Map(
    [...new Set(lines.flatMap(({ line }) => line.waiverId ?? []))].map((waiverId, index) => [waiverId, index + 1]),
  );

function drawNotes(sheet: Sheet, { kind, lines, tax }: BillingDocument, notes: ReadonlyMap<string, number>): void {
  sheet.y += 10;
  const texts = [
    kind === 'credit_note'
      ? `消費税額等は、これまでの請求・返還の税額と、返還後に残る金額の税額（税率ごとに1回の端数処理、${ROUNDING_JA[tax.rounding]}）との差額です。`
      : `消費税額等は、税率ごとに合計した金額に対して1回だけ端数処理（${ROUNDING_JA[tax.rounding]}）をしています。`,
    ...(lines.some(({ line }) => line.taxCategory === 'reduced') ? ['※は軽減税率対象です。'] : []),
    ...(lines.some(({ late }) => late)
      ? ['【過月分】は、前月以前の利用のうち、その月の請求を締めた後に計上されたものです。']
      : []),
    ...[...notes].map(([waiverId, note]) => {
      const ground = lines.find(({ line }) => line.waiverId === waiverId)?.legalGround;
      return `注${note} 減免（${waiverId}）の根拠: ${ground?.ja ?? ''}${ground ? `\n${ground.en}` : ''}`;
    }),
  ];
  for (const text of texts) {
    const height = sheet.heightOf(text, CONTENT_WIDTH, { size: 7 });
    if (!sheet.fits(height)) sheet.newPage();
    sheet.text(text, { x: PAGE.margin, y: sheet.y, width: CONTENT_WIDTH }, { size: 7 });
    sheet.y += height + 3;
  }
}

function drawFooter(sheet: Sheet, { number, contentHash, corrects }: BillingDocument, pages: string): void {
  const y = PAGE.height - PAGE.footer + 12;
  const box = { x: PAGE.margin, y: y + 4, width: CONTENT_WIDTH };
  sheet.line({ ...box, y });
  const of = corrects ? '返還明細' : '請求明細';
  sheet.text(`${of}の SHA-256: ${contentHash}`, box, { size: 6, color: '#444' });
  sheet.text(`${number}　${pages}`, box, { size: 7, align: 'right' });
}
