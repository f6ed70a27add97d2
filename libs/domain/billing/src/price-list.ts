import { formatJst } from '@kakunin/calendar';
import { BillingError } from './billing-error.ts';
import {
  checkValidity,
  describeEntry,
  type EffectiveDated,
  findInForce,
  findOverlap,
  type PricedUsage,
} from './effective-dated.ts';
import { describeScope } from './pricing-scope.ts';
import type { Tariff, Waiver } from './tariff.ts';

/** Tariffs and waivers that do not contradict each other. */
export class PriceList {
  readonly tariffs: readonly Tariff[];
  readonly waivers: readonly Waiver[];

  /** @throws BillingError `tariff_overlap` | `waiver_overlap` | `duplicate_id` | `invalid_validity` | `invalid_price` */
  constructor(tariffs: readonly Tariff[], waivers: readonly Waiver[]) {
    for (const entry of [...tariffs, ...waivers]) checkValidity(entry);
    for (const { id, unitPrice } of tariffs) {
      if (unitPrice < 0n) throw new BillingError('invalid_price', `${id}: a unit price is 0 yen or more.`);
    }
    refuseDuplicate(tariffs);
    refuseDuplicate(waivers);
    refuseOverlap('tariff_overlap', findOverlap(tariffs));
    refuseOverlap('waiver_overlap', findOverlap(waivers));
    this.tariffs = tariffs;
    this.waivers = waivers;
  }

  /** @throws BillingError `no_tariff`: usage that has no price must be seen, never dropped */
  tariffFor(usage: PricedUsage): Tariff {
    const tariff = findInForce(this.tariffs, usage);
    if (tariff) return tariff;
    throw new BillingError(
      'no_tariff',
      `No tariff covers the usage of ${formatJst(usage.time)} (${describeScope(usage)}). Add one that does, then export again.`,
    );
  }

  waiverFor(usage: PricedUsage): Waiver | undefined {
    return findInForce(this.waivers, usage);
  }

  /**
   * The instants within (start, end) at which any price may change, ascending. Between two of them prices are
   * constant, so usage may be summed up before it is rated.
   */
  changesWithin({ start, end }: { readonly start: number; readonly end: number }): readonly number[] {
    const instants = [...this.tariffs, ...this.waivers].flatMap(({ validFrom, validTo }) => [
      validFrom,
      validTo ?? end,
    ]);
    return [...new Set(instants)].filter((instant) => start < instant && instant < end).sort((a, b) => a - b);
  }
}

function refuseDuplicate(entries: readonly EffectiveDated[]): void {
  const ids = new Set<string>();
  for (const { id } of entries) {
    if (ids.has(id)) throw new BillingError('duplicate_id', `The id ${id} is taken: choose another.`);
    ids.add(id);
  }
}

function refuseOverlap(
  code: 'tariff_overlap' | 'waiver_overlap',
  overlap: readonly [Tariff | Waiver, Tariff | Waiver] | undefined,
): void {
  if (!overlap) return;
  const [earlier, later] = overlap;
  throw new BillingError(
    code,
    `${describeEntry(earlier)} and ${describeEntry(later)} hold at the same time for the same usage. ` +
      'End the earlier one first, or choose days that it does not cover.',
  );
}
