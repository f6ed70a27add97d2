import { contentHash } from '../statements/canonical-json.ts';
import type { EffectiveDated } from './effective-dated.ts';
import type { PriceList } from './price-list.ts';

/**
 * Names the prices that a customer is billed by: SHA-256, in hexadecimal, of the canonical JSON of
 * `{ commitments, tariffs, waivers }`, each in the order of their ids. In it is what the customer may see, the prices
 * for all and its own: so it can compute the hash itself. When an entry was recorded is not in it, as it moves no price.
 */
export const priceListHash = ({ tariffs, waivers, commitments }: PriceList, customer: string): string =>
  contentHash({
    tariffs: entriesFor(tariffs, customer),
    waivers: entriesFor(waivers, customer),
    commitments: entriesFor(commitments, customer),
  });

const entriesFor = (entries: readonly EffectiveDated[], customer: string): readonly object[] =>
  entries
    .filter(({ scope }) => scope.customer === undefined || scope.customer === customer)
    .toSorted((one, other) => (one.id < other.id ? -1 : 1))
    .map(({ recordedAt: _recordedAt, ...entry }) => entry);
