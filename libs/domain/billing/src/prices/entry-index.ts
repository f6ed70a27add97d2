import { type EffectiveDated, endOf, type PricedUsage } from './effective-dated.ts';
import { type PricingScope, SCOPE_DIMENSIONS, scopeWeight } from './pricing-scope.ts';

type Dimension = (typeof SCOPE_DIMENSIONS)[number];

/** The entries whose scopes name the same dimensions. */
interface Shape<T> {
  readonly dimensions: readonly Dimension[];
  /** By what they name: each by `validFrom`. */
  readonly entries: ReadonlyMap<string, readonly T[]>;
}

/**
 * Entries by their scopes: what applies to a usage is found by a look-up for each of the few combinations of dimensions
 * that scopes name, however many entries there are.
 */
export class EntryIndex<T extends EffectiveDated> {
  /** Weightiest first. */
  readonly #shapes: readonly Shape<T>[];

  constructor(entries: readonly T[]) {
    const sorted = entries.toSorted((one, other) => one.validFrom - other.validFrom);
    // Scopes of equal weight name the same dimensions.
    const alike = [...Map.groupBy(sorted, ({ scope }) => scopeWeight(scope))];
    this.#shapes = alike.sort(([one], [other]) => other - one).map(([, group]) => shapeOf(group));
  }

  /** Two of the same scope that hold at the same time, the earlier first. */
  findOverlap(): readonly [T, T] | undefined {
    for (const { entries } of this.#shapes) {
      for (const sameScope of entries.values()) {
        // In the order of their beginnings: where any two overlap, some two neighbours do.
        for (const [index, later] of sameScope.entries()) {
          const earlier = sameScope[index - 1];
          if (earlier && later.validFrom < endOf(earlier)) return [earlier, later];
        }
      }
    }
    return undefined;
  }

  /** What applies to a usage: of those that cover it and hold at its time, the narrowest. */
  inForce(usage: PricingScope & Pick<PricedUsage, 'time'>): T | undefined {
    for (const { dimensions, entries } of this.#shapes) {
      const found = entries
        .get(keyOf(usage, dimensions))
        ?.find((entry) => entry.validFrom <= usage.time && usage.time < endOf(entry));
      if (found) return found;
    }
    return undefined;
  }
}

function shapeOf<T extends EffectiveDated>(entries: readonly T[]): Shape<T> {
  const dimensions = SCOPE_DIMENSIONS.filter((dimension) => entries[0]?.scope[dimension] !== undefined);
  return { dimensions, entries: Map.groupBy(entries, ({ scope }) => keyOf(scope, dimensions)) };
}

/** A usage that does not say a dimension (of a commitment) is covered by no scope that names it. */
const keyOf = (scope: PricingScope, dimensions: readonly Dimension[]): string =>
  dimensions.map((dimension) => scope[dimension] ?? '\0').join('\n');
