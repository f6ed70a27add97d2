import { createHash } from 'node:crypto';
import type { DocumentSigner } from '@kakunin/signing-keys';
import { type ElectronicAddress, focusCsv, invoicePdf, invoiceUbl, linesCsv } from '@kakunin/statement-documents';
import type { IssuedDocument } from './issued-documents.ts';

/** A document in one format, ready to be handed out. */
export interface Rendition {
  readonly type: string;
  readonly octets: Buffer;
  /** Of the octets. */
  readonly sha256: Buffer;
}

interface Format {
  readonly type: string;
  readonly render: (issued: IssuedDocument, buyer?: ElectronicAddress) => Buffer | Promise<Buffer>;
}

const CSV = 'text/csv; charset=utf-8';
const PDF: Format = { type: 'application/pdf', render: ({ document }) => invoicePdf(document) };
const UBL: Format = { type: 'application/xml', render: ({ document }, buyer) => invoiceUbl(document, buyer) };
const SIGNED: Format = { type: 'application/json', render: ({ signed }) => signed.octets };
const LINES: Format = { type: CSV, render: ({ document }) => linesCsv(document) };
const FOCUS: Format = { type: CSV, render: ({ document }) => focusCsv(document) };

export const STATEMENT_FORMATS = {
  'invoice.pdf': PDF,
  'invoice.xml': UBL,
  'statement.json': SIGNED,
  'lines.csv': LINES,
  'focus.csv': FOCUS,
} as const satisfies Record<string, Format>;

export const CREDIT_NOTE_FORMATS = {
  'credit-note.pdf': PDF,
  'credit-note.xml': UBL,
  'credit-note.json': SIGNED,
  'lines.csv': LINES,
  'focus.csv': FOCUS,
} as const satisfies Record<string, Format>;

/** Of the document itself, of its hash as `sha256sum -c` reads it, and of its detached signature. */
export const COMPANIONS = ['', '.sha256', '.sig'] as const;
export type Companion = (typeof COMPANIONS)[number];

export interface RenditionInput {
  readonly issued: IssuedDocument;
  /** As in the URL, without the companion's ending. */
  readonly name: string;
  readonly format: Format;
  readonly companion: Companion;
  readonly buyer?: ElectronicAddress;
  readonly signer: DocumentSigner;
}

/** The same document makes the same octets, today and in ten years: nothing but what was signed goes into them. */
export async function renditionOf({
  issued,
  name,
  format,
  companion,
  buyer,
  signer,
}: RenditionInput): Promise<Rendition> {
  const octets = await format.render(issued, buyer);
  if (companion === '') return withHash(format.type, octets);
  if (companion === '.sha256')
    return withHash('text/plain', Buffer.from(`${hashOf(octets).toString('hex')}  ${name}\n`));
  // What was signed when it was issued keeps that signature, whichever key signs today.
  return withHash('application/octet-stream', format === SIGNED ? issued.signed.signature : signer.sign(octets));
}

const hashOf = (octets: Buffer): Buffer => createHash('sha256').update(octets).digest();
const withHash = (type: string, octets: Buffer): Rendition => ({ type, octets, sha256: hashOf(octets) });
