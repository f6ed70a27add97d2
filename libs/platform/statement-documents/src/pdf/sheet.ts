import Pdf from 'pdfkit';
import { FONT_FILES } from './fonts.ts';

export const PAGE = { width: 595.28, height: 841.89, margin: 32, footer: 44 } as const;
export const CONTENT_WIDTH = PAGE.width - 2 * PAGE.margin;

export interface TextStyle {
  /** Points. */
  readonly size: number;
  readonly bold?: boolean;
  readonly align?: 'left' | 'center' | 'right';
  readonly color?: string;
}

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

export interface SheetInfo {
  readonly title: string;
  readonly author: string;
  readonly subject: string;
  /** Epoch ms. */
  readonly createdAt: number;
}

/** Stands for what the font does not have (下駄), as printers have always done: a gap would go unseen. */
const GETA = '〓';

/** Latin lines are lower than Japanese ones: without it they touch. */
const lineGapOf = ({ size }: TextStyle): number => size * 0.2;

/** Pages of A4 with a place where writing goes on. The same calls make the same octets. */
export class Sheet {
  /** Where the next thing is drawn, in points from the top. */
  y: number = PAGE.margin;
  readonly #pdf: PDFKit.PDFDocument;
  readonly #chunks: Buffer[] = [];
  readonly #glyphs = new Map<string, boolean>();

  constructor({ title, author, subject, createdAt }: SheetInfo) {
    this.#pdf = new Pdf({
      size: [PAGE.width, PAGE.height],
      margin: 0,
      bufferPages: true,
      // What deflate makes of the same octets depends on the processor and on Node's version.
      compress: false,
      pdfVersion: '1.7',
      font: FONT_FILES.regular,
      lang: 'ja-JP',
      displayTitle: true,
      info: {
        Title: title,
        Author: author,
        Subject: subject,
        Creator: 'Kakunin',
        Producer: 'Kakunin',
        CreationDate: new Date(createdAt),
      },
    });
    this.#pdf.on('data', (chunk: Buffer) => this.#chunks.push(chunk));
  }

  /** Points that text takes when it is broken into lines of the width. */
  heightOf(text: string, width: number, style: TextStyle): number {
    return this.#styled(style).heightOfString(this.#printable(text), { width, lineGap: lineGapOf(style) });
  }

  /** The size at which text stays on one line of the width: that of the style, or a smaller one. */
  fittingSize(text: string, width: number, style: TextStyle): number {
    const needed = this.#styled(style).widthOfString(this.#printable(text));
    return needed <= width ? style.size : (style.size * width) / (needed + 0.1);
  }

  /** Draws text into a box without moving `y`. @returns the points that it took */
  text(text: string, { x, y, width }: Box, style: TextStyle): number {
    const printable = this.#printable(text);
    const pdf = this.#styled(style);
    pdf.fillColor(style.color ?? '#000').text(printable, x, y, {
      width,
      align: style.align ?? 'left',
      lineGap: lineGapOf(style),
    });
    return pdf.y - y;
  }

  line({ x, y, width }: Box, weight = 0.5): void {
    this.#pdf
      .moveTo(x, y)
      .lineTo(x + width, y)
      .lineWidth(weight)
      .strokeColor('#333')
      .stroke();
  }

  shade({ x, y, width }: Box, height: number, color: string): void {
    this.#pdf.rect(x, y, width, height).fill(color);
  }

  /** Whether that much fits above the footer. */
  fits(height: number): boolean {
    return this.y + height <= PAGE.height - PAGE.footer;
  }

  newPage(): void {
    this.#pdf.addPage();
    this.y = PAGE.margin;
  }

  /** Goes back to each page with its number, from 1, and how many there are; then the document is made. */
  async finish(footer: (page: number, pages: number) => void): Promise<Buffer> {
    const { count } = this.#pdf.bufferedPageRange();
    for (let page = 0; page < count; page++) {
      this.#pdf.switchToPage(page);
      footer(page + 1, count);
    }
    const ended = new Promise((resolve, reject) => this.#pdf.once('end', resolve).once('error', reject));
    this.#pdf.end();
    await ended;
    return Buffer.concat(this.#chunks);
  }

  #styled({ size, bold = false }: TextStyle): PDFKit.PDFDocument {
    // By file, not by a registered name: pdfkit reads a font anew at each change between two names.
    return this.#pdf.font(bold ? FONT_FILES.bold : FONT_FILES.regular).fontSize(size);
  }

  #printable(text: string): string {
    let printable = '';
    for (const character of text) printable += this.#isPrintable(character) ? character : GETA;
    return printable;
  }

  #isPrintable(character: string): boolean {
    let known = this.#glyphs.get(character);
    if (known === undefined) {
      // What pdfkit does not show: the font of fontkit beneath.
      const { font } = Reflect.get(this.#pdf, '_font') as { font: { hasGlyphForCodePoint(code: number): boolean } };
      known = character === '\n' || font.hasGlyphForCodePoint(character.codePointAt(0) as number);
      this.#glyphs.set(character, known);
    }
    return known;
  }
}
