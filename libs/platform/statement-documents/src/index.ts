export * from './billing-document.ts';
export { type ElectronicAddress, parseElectronicAddress } from './ubl/jp-pint.ts';
export { type Cell, type Column, csvCell, csvHeader, csvOf, csvRow } from './csv/csv.ts';
export { FOCUS_COLUMNS, type FocusCharge } from './csv/focus-columns.ts';
export { isoJst } from './csv/instants.ts';
export { type ExportedLine, LINE_COLUMNS } from './csv/line-columns.ts';
export { focusCharges, focusCsv, linesCsv } from './csv/document-csv.ts';
export { invoicePdf, invoiceUbl } from './renderings.ts';
