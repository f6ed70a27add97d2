import type { TaxCategory } from '@kakunin/billing';

/** Peppol PINT, billing, Japan (JP PINT 1.1). */
export const CUSTOMIZATION_ID = 'urn:peppol:pint:billing-1@jp-1';
export const PROFILE_ID = 'urn:peppol:bis:billing';
/** JP PINT knows commercial invoices alone (aligned-ibrp-cl-02-jp): what is given back is one with amounts below zero. */
export const INVOICE_TYPE = '380';
export const CURRENCY = 'JPY';
/** UN/ECE Recommendation 20: one. */
export const UNIT = 'C62';
/** EAS 0221: 適格請求書発行事業者の登録番号. ISO 6523 0188: 法人番号. */
export const REGISTRATION_NUMBER_SCHEME = '0221';
export const CORPORATE_NUMBER_SCHEME = '0188';

/** UNCL 5305, as JP PINT uses it: 標準税率, 軽減税率, 非課税, 不課税. */
export const CATEGORY_CODES: Readonly<Record<TaxCategory, string>> = {
  standard: 'S',
  reduced: 'AA',
  non_taxable: 'E',
  out_of_scope: 'O',
};

export const EXEMPTION_REASONS: Readonly<Partial<Record<TaxCategory, string>>> = {
  non_taxable: '非課税',
  out_of_scope: '不課税',
};

/** An address in the Peppol network: EAS scheme and identifier. */
export interface ElectronicAddress {
  readonly scheme: string;
  readonly id: string;
}

/** `0188:7000012050002`. @returns undefined when it is none */
export function parseElectronicAddress(text: string): ElectronicAddress | undefined {
  const [, scheme, id] = /^(\d{4}):([!-~]{1,50})$/.exec(text) ?? [];
  return scheme !== undefined && id !== undefined ? { scheme, id } : undefined;
}
