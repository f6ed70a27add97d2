import { billingPeriodBounds, billingPeriodOf, formatJst } from '@kakunin/calendar';
import { BillingError } from '../billing-error.ts';
import { checkValidity, describeEntry, type EffectiveDated, type PricedUsage } from './effective-dated.ts';
import { EntryIndex } from './entry-index.ts';
import { checkPrice } from './price.ts';
import { describeScope } from './pricing-scope.ts';
import type { Commitment, Tariff, Waiver } from './tariff.ts';

/** Tariffs, waivers and commitments that do not contradict each other: prices as they were known at one moment. */
export class PriceList {
  readonly tariffs: readonly Tariff[];
  readonly waivers: readonly Waiver[];
  readonly commitments: readonly Commitment[];
  readonly #tariffIndex: EntryIndex<Tariff>;
  readonly #waiverIndex: EntryIndex<Waiver>;
  /** By kind and tax category. */
  readonly #commitmentIndexes: readonly EntryIndex<Commitment>[];

  /**
   * @throws BillingError `tariff_overlap` | `waiver_overlap` | `commitment_overlap` | `duplicate_id` |
   * `invalid_validity` | `invalid_price`
   */
  constructor(tariffs: readonly Tariff[], waivers: readonly Waiver[], commitments: readonly Commitment[] = []) {
    for (const entry of [...tariffs, ...waivers, ...commitments]) checkValidity(entry);
    for (const { id, price } of tariffs) checkPrice(id, price);
    for (const commitment of commitments) checkCommitment(commitment);
    // A line names the tariff or the commitment that it rests on in one column.
    refuseDuplicate([...tariffs, ...commitments]);
    refuseDuplicate(waivers);
    this.#tariffIndex = indexOf('tariff_overlap', tariffs);
    this.#waiverIndex = indexOf('waiver_overlap', waivers);
    this.#commitmentIndexes = commitmentsByKind(commitments).map((alike) => indexOf('commitment_overlap', alike));
    this.tariffs = tariffs;
    this.waivers = waivers;
    this.commitments = commitments;
  }

  /** The prices that may concern one customer: all but those that name another. */
  forCustomer(customer: string): PriceList {
    const own = <T extends EffectiveDated>(entries: readonly T[]): readonly T[] =>
      entries.filter(({ scope }) => scope.customer === undefined || scope.customer === customer);
    return new PriceList(own(this.tariffs), own(this.waivers), own(this.commitments));
  }

  /** @throws BillingError `no_tariff`: usage that has no price must be seen, never dropped */
  tariffFor(usage: PricedUsage): Tariff {
    const tariff = this.#tariffIndex.inForce(usage);
    if (tariff) return tariff;
    throw new BillingError(
      'no_tariff',
      `No tariff covers the usage of ${formatJst(usage.time)} (${describeScope(usage)}). Add one that does, then export again.`,
    );
  }

  waiverFor(usage: PricedUsage): Waiver | undefined {
    return this.#waiverIndex.inForce(usage);
  }

  /** At most one minimum and one cap for each tax category, minima first. */
  commitmentsFor(usage: Pick<PricedUsage, 'customer' | 'time'>): readonly Commitment[] {
    return this.#commitmentIndexes
      .flatMap((index) => index.inForce(usage) ?? [])
      .sort((one, other) => Number(one.kind === 'cap') - Number(other.kind === 'cap'));
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

const commitmentsByKind = (commitments: readonly Commitment[]): readonly Commitment[][] => [
  ...Map.groupBy(commitments, ({ kind, taxCategory }) => `${kind} ${taxCategory}`).values(),
];

function checkCommitment({ id, amount, validFrom, validTo }: Commitment): void {
  if (amount < 0n) throw new BillingError('invalid_price', `${id}: a minimum or a cap is 0 yen or more.`);
  for (const instant of validTo === undefined ? [validFrom] : [validFrom, validTo]) {
    if (billingPeriodBounds(billingPeriodOf(instant)).start === instant) continue;
    throw new BillingError('invalid_validity', `${id}: a minimum or a cap is for whole months in Asia/Tokyo.`);
  }
}

function refuseDuplicate(entries: readonly EffectiveDated[]): void {
  const ids = new Set<string>();
  for (const { id } of entries) {
    if (ids.has(id)) throw new BillingError('duplicate_id', `The id ${id} is taken: choose another.`);
    ids.add(id);
  }
}

function indexOf<T extends EffectiveDated>(
  code: 'tariff_overlap' | 'waiver_overlap' | 'commitment_overlap',
  entries: readonly T[],
): EntryIndex<T> {
  const index = new EntryIndex(entries);
  const overlap = index.findOverlap();
  if (!overlap) return index;
  const [earlier, later] = overlap;
  throw new BillingError(
    code,
    `${describeEntry(earlier)} and ${describeEntry(later)} hold at the same time for the same usage. ` +
      'End the earlier one first, or choose days that it does not cover.',
  );
}
