import { billingPeriodBounds, jstDateOf } from '@kakunin/calendar';
import type { StatementLine } from '@kakunin/billing';
import type { DocumentLine } from '../billing-document.ts';
import { element } from './element.ts';
import { CATEGORY_CODES, CURRENCY, UNIT } from './jp-pint.ts';

/**
 * Quantity × price, and what a waiver takes off as an allowance of the line, so that the list price stays visible. What
 * is no number of checks (a saving, a minimum, a cap) is one piece; a price is never below zero (ibr-027), a quantity is.
 */
export function invoiceLine({ line, description, taxPercent, legalGround }: DocumentLine, position: number) {
  const { quantity, price } = pieces(line);
  const { start, end } = billingPeriodBounds(line.usagePeriod);
  return element('cac:InvoiceLine', [
    element('cbc:ID', String(position)),
    element('cbc:InvoicedQuantity', quantity, { unitCode: UNIT }),
    element('cbc:LineExtensionAmount', line.amountDue, { currencyID: CURRENCY }),
    element('cac:InvoicePeriod', [
      element('cbc:StartDate', jstDateOf(start)),
      element('cbc:EndDate', jstDateOf(end - 1)),
    ]),
    line.waiverId === undefined || line.waiverAmount === 0n
      ? undefined
      : waiver(line, legalGround?.ja ?? line.waiverId),
    element('cac:Item', [
      element('cbc:Description', description.en),
      element('cbc:Name', description.ja),
      element('cac:ClassifiedTaxCategory', [
        element('cbc:ID', CATEGORY_CODES[line.taxCategory]),
        line.taxCategory === 'out_of_scope' ? undefined : element('cbc:Percent', taxPercent),
        element('cac:TaxScheme', [element('cbc:ID', 'VAT')]),
      ]),
      ...properties(line),
    ]),
    element('cac:Price', [element('cbc:PriceAmount', price, { currencyID: CURRENCY })]),
  ]);
}

function pieces({ kind, quantity, unitPrice, listAmount }: StatementLine): { quantity: bigint; price: bigint } {
  if (kind === 'usage' && unitPrice !== undefined) return { quantity, price: unitPrice };
  return listAmount < 0n ? { quantity: -1n, price: -listAmount } : { quantity: 1n, price: listAmount };
}

/** What a credit note takes back of a waiver is a charge: amounts of both are above zero. */
const waiver = ({ waiverAmount }: StatementLine, reason: string) =>
  element('cac:AllowanceCharge', [
    element('cbc:ChargeIndicator', String(waiverAmount > 0n)),
    element('cbc:AllowanceChargeReason', reason),
    element('cbc:Amount', waiverAmount < 0n ? -waiverAmount : waiverAmount, { currencyID: CURRENCY }),
  ]);

const properties = ({ serviceProvider, tariffId, waiverId }: StatementLine) =>
  Object.entries({ serviceProvider, tariff: tariffId, waiver: waiverId }).map(([name, value]) =>
    value ? element('cac:AdditionalItemProperty', [element('cbc:Name', name), element('cbc:Value', value)]) : undefined,
  );
