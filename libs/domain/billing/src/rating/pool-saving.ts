import type { TieredPrice } from '../prices/price.ts';
import { lineOf, type StatementLine } from '../statements/statement-line.ts';
import { allocate } from './allocate.ts';
import type { Charge } from './charge.ts';
import { quantityByServiceProvider, subjectOfTiers } from './tiered-charge.ts';
import { tieredAmount } from './tiers.ts';

/**
 * 乗合い: what the service providers of a charge save because they fill the tiers together, shared out in proportion to
 * what each would pay alone ({@link allocate}). A share is never more than that, so nobody pays more than alone, or less
 * than nothing.
 */
export function poolSavings(charge: Charge, price: TieredPrice): readonly StatementLine[] {
  const quantities = quantityByServiceProvider(charge);
  const alone = new Map([...quantities].map(([code, quantity]) => [code, tieredAmount(price, quantity)]));
  const shares = allocate(sum(alone) - tieredAmount(price, sum(quantities)), alone);
  return [...shares]
    .filter(([, yen]) => yen > 0n)
    .map(([code, yen]) => lineOf({ ...subjectOfTiers(charge, code), kind: 'pool_saving' }, 0n, -yen));
}

const sum = (parts: ReadonlyMap<string, bigint>): bigint =>
  [...parts.values()].reduce((total, part) => total + part, 0n);
