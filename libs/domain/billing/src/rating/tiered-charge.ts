import type { LineSubject } from '../statements/statement-line.ts';
import type { Charge } from './charge.ts';

/** What fills the tiers of each service provider: all checks of the charge, whatever their class, carrier and so on. */
export function quantityByServiceProvider({ parts }: Charge): ReadonlyMap<string, bigint> {
  const quantities = new Map<string, bigint>();
  for (const { serviceProvider, quantity } of parts.values()) {
    quantities.set(serviceProvider, (quantities.get(serviceProvider) ?? 0n) + quantity);
  }
  return quantities;
}

/** Class, carrier, channel and purpose are those of the tariff, as tiers count together whatever it is for. */
export const subjectOfTiers = (
  { customer, usagePeriod, tariff, waiver }: Charge,
  serviceProvider: string,
): LineSubject => ({
  ...tariff.scope,
  kind: 'usage',
  customer,
  serviceProvider,
  usagePeriod,
  tariffId: tariff.id,
  ...(waiver && { waiverId: waiver.id }),
  taxCategory: tariff.taxCategory,
});
