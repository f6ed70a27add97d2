import { BillingError } from '../billing-error.ts';
import type { EffectiveDated } from './effective-dated.ts';
import { checkFirstChecksCounted } from './first-checks-counted.ts';
import { PriceList } from './price-list.ts';
import type { Commitment, Tariff, Waiver } from './tariff.ts';

/** All that was ever recorded. Two records with one id are revisions: the later takes the place of the earlier. */
export interface PriceRecords {
  readonly tariffs: readonly Tariff[];
  readonly waivers: readonly Waiver[];
  readonly commitments: readonly Commitment[];
}

/**
 * The history of prices, in both times: each entry says for which days it is valid (`validFrom`, `validTo`) and when
 * that was recorded (`recordedAt`). Records are only ever added: an end, or the correction of a mistake, is a revision.
 * So what a statement was made by can be had again for ever.
 */
export class PriceBook {
  readonly records: PriceRecords;

  /** @throws BillingError `duplicate_id`: two revisions recorded at one instant, of which none is the later */
  constructor(records: PriceRecords) {
    for (const entries of [[...records.tariffs, ...records.commitments], records.waivers]) refuseSimultaneous(entries);
    this.records = records;
  }

  /**
   * What was known at an instant (epoch ms, included).
   * @throws BillingError of {@link PriceList}: what was recorded until then contradicts itself
   */
  asKnownAt(instant: number): PriceList {
    const { tariffs, waivers, commitments } = this.records;
    return new PriceList(knownAt(tariffs, instant), knownAt(waivers, instant), knownAt(commitments, instant));
  }

  /**
   * The book with more in it, recorded later than all that is in it: what was known at an instant never changes.
   * @throws BillingError of {@link PriceList}: with this, the prices contradict themselves; `invalid_validity`: an
   * entry is not recorded later; `duplicate_id`; `first_checks_not_counted`: a price of first checks for days on which
   * nobody counted them
   */
  record({ tariffs = [], waivers = [], commitments = [] }: Partial<PriceRecords>): PriceBook {
    const latest = Math.max(Number.NEGATIVE_INFINITY, ...this.#all().map(({ recordedAt }) => recordedAt));
    const early = [...tariffs, ...waivers, ...commitments].find(({ recordedAt }) => recordedAt <= latest);
    if (early)
      throw new BillingError(
        'invalid_validity',
        `${early.id}: it must be recorded later than all that is in the book.`,
      );
    const before = this.asKnownAt(Number.POSITIVE_INFINITY).tariffs;
    for (const tariff of tariffs) {
      checkFirstChecksCounted(
        tariff,
        before.find(({ id }) => id === tariff.id),
      );
    }
    const book = new PriceBook({
      tariffs: [...this.records.tariffs, ...tariffs],
      waivers: [...this.records.waivers, ...waivers],
      commitments: [...this.records.commitments, ...commitments],
    });
    book.asKnownAt(Number.POSITIVE_INFINITY);
    return book;
  }

  #all(): readonly EffectiveDated[] {
    return [...this.records.tariffs, ...this.records.waivers, ...this.records.commitments];
  }
}

/** Of each id the latest revision that was recorded by then, in the order in which the ids came. */
function knownAt<T extends EffectiveDated>(entries: readonly T[], instant: number): readonly T[] {
  const known = new Map<string, T>();
  for (const entry of entries) {
    const before = known.get(entry.id);
    if (entry.recordedAt <= instant && (!before || entry.recordedAt > before.recordedAt)) known.set(entry.id, entry);
  }
  return [...known.values()];
}

function refuseSimultaneous(entries: readonly EffectiveDated[]): void {
  const seen = new Set<string>();
  for (const { id, recordedAt } of entries) {
    const key = `${recordedAt} ${id}`;
    if (seen.has(key)) throw new BillingError('duplicate_id', `${id} is recorded twice at one instant.`);
    seen.add(key);
  }
}
