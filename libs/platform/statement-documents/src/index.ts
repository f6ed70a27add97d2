export * from './billing-document.ts';
export { invoicePdf } from './pdf/invoice-pdf.ts';
export { invoiceUbl } from './ubl/invoice-ubl.ts';
export { type ElectronicAddress, parseElectronicAddress } from './ubl/jp-pint.ts';
