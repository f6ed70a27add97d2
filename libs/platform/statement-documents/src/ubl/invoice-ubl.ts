import { type TaxPart, TAX_CATEGORIES, type TaxSummary } from '@kakunin/billing';
import { jstDateOf } from '@kakunin/calendar';
import type { BillingDocument } from '../billing-document.ts';
import { type Element, element, xmlOf } from './element.ts';
import { invoiceLine } from './invoice-line.ts';
import {
  CATEGORY_CODES,
  CURRENCY,
  CUSTOMIZATION_ID,
  type ElectronicAddress,
  EXEMPTION_REASONS,
  INVOICE_TYPE,
  PROFILE_ID,
} from './jp-pint.ts';
import { buyerParty, sellerParty } from './party.ts';

const NAMESPACES = {
  xmlns: 'urn:oasis:names:specification:ubl:schema:xsd:Invoice-2',
  'xmlns:cac': 'urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2',
  'xmlns:cbc': 'urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2',
};

/**
 * The document as UBL 2.1 for Peppol's JP PINT. A credit note is an invoice below zero that names the one it corrects.
 * @param buyer where it is sent in the Peppol network; without it the document lacks what JP PINT asks for in ibr-080
 */
export function invoiceUbl(document: BillingDocument, buyer?: ElectronicAddress): Buffer {
  const { number, issuedAt, tax, totals, lines } = document;
  const invoice = element(
    'Invoice',
    [
      element('cbc:CustomizationID', CUSTOMIZATION_ID),
      element('cbc:ProfileID', PROFILE_ID),
      element('cbc:ID', number),
      element('cbc:IssueDate', jstDateOf(issuedAt)),
      element('cbc:InvoiceTypeCode', INVOICE_TYPE),
      element('cbc:Note', document.corrects?.reason.ja),
      element('cbc:DocumentCurrencyCode', CURRENCY),
      invoicePeriod(document.transactionPeriod),
      ...references(document),
      element('cac:AccountingSupplierParty', [sellerParty(document.issuer)]),
      element('cac:AccountingCustomerParty', [buyerParty(document, buyer)]),
      taxTotal(tax),
      element('cac:LegalMonetaryTotal', [
        amount('cbc:LineExtensionAmount', totals.amountDue),
        amount('cbc:TaxExclusiveAmount', totals.amountDue),
        amount('cbc:TaxInclusiveAmount', tax.amountWithTax),
        amount('cbc:PayableAmount', tax.amountWithTax),
      ]),
      ...lines.map((line, index) => invoiceLine(line, index + 1)),
    ],
    NAMESPACES,
  );
  return xmlOf(invoice as Element);
}

const amount = (name: string, yen: bigint) => element(name, yen, { currencyID: CURRENCY });

const invoicePeriod = ({ from, to }: BillingDocument['transactionPeriod']) =>
  element('cac:InvoicePeriod', [element('cbc:StartDate', from), element('cbc:EndDate', to)]);

/** The invoice that is corrected, and the closed content that this document shows. */
const references = ({ corrects, contentHash }: BillingDocument) => [
  element('cac:BillingReference', [element('cac:InvoiceDocumentReference', [element('cbc:ID', corrects?.number)])]),
  element('cac:AdditionalDocumentReference', [
    element('cbc:ID', `sha256:${contentHash}`),
    element('cbc:DocumentDescription', '締めた明細の SHA-256 / SHA-256 of the closed content'),
  ]),
];

const taxTotal = ({ taxAmount, parts }: TaxSummary) =>
  element('cac:TaxTotal', [amount('cbc:TaxAmount', taxAmount), ...parts.toSorted(byCategory).map(taxSubtotal)]);

const byCategory = (one: TaxPart, other: TaxPart): number =>
  TAX_CATEGORIES.indexOf(one.category) - TAX_CATEGORIES.indexOf(other.category);

const taxSubtotal = ({ category, percent, taxableAmount, taxAmount }: TaxPart) =>
  element('cac:TaxSubtotal', [
    amount('cbc:TaxableAmount', taxableAmount),
    amount('cbc:TaxAmount', taxAmount),
    element('cac:TaxCategory', [
      element('cbc:ID', CATEGORY_CODES[category]),
      // What is not subject to tax has no rate (aligned-ibrp-o-05).
      category === 'out_of_scope' ? undefined : element('cbc:Percent', percent),
      element('cbc:TaxExemptionReason', EXEMPTION_REASONS[category]),
      element('cac:TaxScheme', [element('cbc:ID', 'VAT')]),
    ]),
  ]);
