import type { BillingDocument } from './billing-document.ts';
import type { ElectronicAddress } from './ubl/jp-pint.ts';

// Loaded when first asked for: 0.3 s and 40 MB that whoever only counts does not need.

/** 適格請求書, 適格返還請求書 as PDF. The same document makes the same octets. */
export const invoicePdf = async (document: BillingDocument): Promise<Buffer> =>
  (await import('./pdf/invoice-pdf.ts')).invoicePdf(document);

/** UBL 2.1 by JP PINT. @param buyer where it is sent in the Peppol network */
export const invoiceUbl = async (document: BillingDocument, buyer?: ElectronicAddress): Promise<Buffer> =>
  (await import('./ubl/invoice-ubl.ts')).invoiceUbl(document, buyer);
