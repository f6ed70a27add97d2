import { BillingError } from '../billing-error.ts';
import type { FirstCheckPrice, TieredPrice } from '../prices/price.ts';
import { lineOf, type LineSubject, type StatementLine } from '../statements/statement-line.ts';
import type { Charge, ChargePart } from './charge.ts';
import { poolSavings } from './pool-saving.ts';
import { quantityByServiceProvider, subjectOfTiers } from './tiered-charge.ts';
import { spreadOverTiers } from './tiers.ts';

/**
 * The lines of a charge, in no order.
 * @throws BillingError `first_checks_not_counted`
 */
export function chargeLines(charge: Charge): readonly StatementLine[] {
  const { price } = charge.tariff;
  switch (price.kind) {
    case 'unit':
      return [...charge.parts.values()].map((part) =>
        usageLine(subjectOf(charge, part), price.unitPrice, part.quantity),
      );
    case 'first_check':
      return [...charge.parts.values()].flatMap((part) => firstCheckLines(charge, part, price));
    case 'graduated':
    case 'volume':
      return [...tierLines(charge, price), ...(price.pooled ? poolSavings(charge, price) : [])];
  }
}

const usageLine = (subject: LineSubject, unitPrice: bigint, quantity: bigint): StatementLine =>
  lineOf({ ...subject, unitPrice }, quantity, quantity * unitPrice);

/** First checks at the price, and what the rest is worth: nothing, on a line that shows it. */
function firstCheckLines(charge: Charge, part: ChargePart, { per, unitPrice }: FirstCheckPrice): StatementLine[] {
  const first = part.firstChecks?.[per];
  if (first === undefined || first < 0n || first > part.quantity) {
    throw new BillingError(
      'first_checks_not_counted',
      `${charge.tariff.id} prices the first check of a ${per}, and the usage of ${charge.usagePeriod} does not say how ` +
        'many there were. Let the meter count them before such a tariff begins.',
    );
  }
  const subject = subjectOf(charge, part);
  const lines = [usageLine(subject, unitPrice, first), usageLine(subject, 0n, part.quantity - first)];
  // At a price of 0 yen both would be about the same.
  if (unitPrice === 0n) return [usageLine(subject, 0n, part.quantity)];
  return lines.filter(({ quantity }) => quantity > 0n);
}

/** As if each service provider were alone: a pool then gives the saving back, on a line that shows it. */
const tierLines = (charge: Charge, price: TieredPrice): StatementLine[] =>
  [...quantityByServiceProvider(charge)].flatMap(([serviceProvider, quantity]) =>
    spreadOverTiers(price, quantity).map(({ tier, unitPrice, quantity: within }) =>
      usageLine({ ...subjectOfTiers(charge, serviceProvider), tier }, unitPrice, within),
    ),
  );

const subjectOf = ({ customer, usagePeriod, tariff, waiver }: Charge, part: ChargePart): LineSubject => ({
  kind: 'usage',
  customer,
  serviceProvider: part.serviceProvider,
  usagePeriod,
  certificateClass: part.certificateClass,
  carrier: part.carrier,
  channel: part.channel,
  purpose: part.purpose,
  tariffId: tariff.id,
  ...(waiver && { waiverId: waiver.id }),
  taxCategory: tariff.taxCategory,
});
