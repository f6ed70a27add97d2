import { jstDateOf, jstStartOfDay } from '@kakunin/calendar';
import { BillingError } from '../billing-error.ts';
import { sameScope } from './pricing-scope.ts';
import type { Tariff } from './tariff.ts';

const DAY = 86_400_000;

/**
 * The meter counts first checks only while a tariff prices them. So such a tariff begins on the day after it is recorded
 * at the earliest; a revision may also keep the days for which the one before it had them counted.
 * @param before the latest revision of the same id
 * @throws BillingError `first_checks_not_counted`
 */
export function checkFirstChecksCounted(tariff: Tariff, before: Tariff | undefined): void {
  if (tariff.price.kind !== 'first_check') return;
  const tomorrow = jstStartOfDay(tariff.recordedAt) + DAY;
  if (tariff.validFrom >= tomorrow || (before && wereCounted(tariff, before, tomorrow))) return;
  throw new BillingError(
    'first_checks_not_counted',
    `${tariff.id} prices first checks, which were not counted yet: let it begin on ${jstDateOf(tomorrow)} or later.`,
  );
}

/** Whether the revision before had first checks counted on all days before tomorrow that the tariff is for. */
function wereCounted({ price, scope, validFrom, validTo }: Tariff, before: Tariff, tomorrow: number): boolean {
  const until = Math.min(validTo ?? tomorrow, tomorrow);
  return (
    price.kind === 'first_check' &&
    before.price.kind === 'first_check' &&
    before.price.per === price.per &&
    sameScope(before.scope, scope) &&
    before.validFrom <= validFrom &&
    (before.validTo ?? tomorrow) >= until
  );
}
