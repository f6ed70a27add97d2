import { jstDateOf, jstStartOfDay } from '@kakunin/calendar';
import { BillingError } from '../billing-error.ts';
import { describeScope, type PricedBy, type PricingScope } from './pricing-scope.ts';

/** Something that holds for a scope from one day in Asia/Tokyo to another. All instants are epoch milliseconds. */
export interface EffectiveDated {
  /** Named by who records it; shown on statements. */
  readonly id: string;
  readonly scope: PricingScope;
  /** Included; midnight in Asia/Tokyo. */
  readonly validFrom: number;
  /** Excluded; midnight in Asia/Tokyo. Absent: until further notice. */
  readonly validTo?: number;
  /** When it became known to the books, whatever days it is valid for. */
  readonly recordedAt: number;
}

/** Usage as a price sees it: by what it is priced, and when it was (epoch ms). */
export type PricedUsage = PricedBy & { readonly time: number };

/** Epoch ms, excluded. */
export const endOf = ({ validTo }: EffectiveDated): number => validTo ?? Number.POSITIVE_INFINITY;

/** Epoch ms, in Asia/Tokyo: dates of four digits end there, and not much later nothing could print or store one. */
export const END_OF_YEAR_9999 = Date.UTC(9999, 11, 31, 15);

/** @throws BillingError `invalid_validity` */
export function checkValidity({ id, validFrom, validTo }: EffectiveDated): void {
  for (const instant of validTo === undefined ? [validFrom] : [validFrom, validTo]) {
    if (instant >= END_OF_YEAR_9999) {
      throw new BillingError(
        'invalid_validity',
        `${id}: a validity lies before the year 10000; leave out an end that is not known.`,
      );
    }
    if (jstStartOfDay(instant) === instant) continue;
    throw new BillingError('invalid_validity', `${id}: a validity begins and ends at midnight in Asia/Tokyo.`);
  }
  if (validTo !== undefined && validTo <= validFrom) {
    throw new BillingError('invalid_validity', `${id}: the validity must end after the day on which it begins.`);
  }
}

/**
 * The entry with another end, as a revision recorded now. Only a day to come can end it: what was used until now keeps
 * its price.
 * @param now epoch ms
 * @throws BillingError `invalid_validity`
 */
export function endEntry<T extends EffectiveDated>(entry: T, validTo: number, now: number): T {
  if (validTo <= now) {
    throw new BillingError(
      'invalid_validity',
      `${entry.id} can end tomorrow in Japan at the earliest: past usage keeps its price.`,
    );
  }
  if (endOf(entry) <= now) {
    throw new BillingError('invalid_validity', `${entry.id} has ended already: add another for the days to come.`);
  }
  const ended = { ...entry, validTo, recordedAt: now };
  checkValidity(ended);
  return ended;
}

/** For messages: `ocsp-signature (channel=ocsp, from 2023-01-01 until further notice)`. */
export const describeEntry = ({ id, scope, validFrom, validTo }: EffectiveDated): string =>
  `${id} (${describeScope(scope)}, from ${jstDateOf(validFrom)} ${
    validTo === undefined ? 'until further notice' : `to before ${jstDateOf(validTo)}`
  })`;
