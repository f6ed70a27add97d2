import { packCheck } from '../lib/check-list.ts';
import type { Arrivals, AskedAuthority, Plan, ScenarioName } from '../lib/plan.ts';
import { certificateOfCheck } from '../model/population.ts';

/** Longer lists are begun again: minutes later, when caches have forgotten. */
export const LONGEST_LIST = 131_072;
const CHECKS: readonly ScenarioName[] = ['ocspPost', 'ocspGet', 'ocspHandshake', 'greedyCaller'];

/**
 * What a generator asks about, in its order, with the right answers: as many checks as its plan makes. They follow from the
 * seed alone, and k6 would take longer to make one up than to ask.
 */
export function checkListOf(plan: Pick<Plan, 'authorities' | 'run' | 'scenarios'>): Uint32Array {
  const { authorities, run } = plan;
  const length = Math.min(LONGEST_LIST, Math.max(1, Math.ceil(checksOf(plan))));
  return Uint32Array.from({ length }, (_, number) => {
    const authority = authorityOf(authorities, number);
    const { ordinal, revoked } = certificateOfCheck(authorities[authority]!.population, run, number);
    return packCheck({ authority, ordinal, revoked }, authorities.length);
  });
}

/** Arrivals of all checks. */
const checksOf = ({ scenarios }: Pick<Plan, 'scenarios'>): number =>
  CHECKS.reduce((sum, name) => sum + arrivalsBelow(scenarios[name]?.points ?? []), 0);

/** The area below a curve. */
function arrivalsBelow(points: Arrivals['points']): number {
  const parts = points.slice(1).map(({ second, rate }, index) => {
    const before = points[index]!;
    return ((rate + before.rate) / 2) * (second - before.second);
  });
  return parts.reduce((sum, part) => sum + part, 0);
}

/** Spreads the checks over the authorities by their shares, evenly in time. */
function authorityOf(authorities: readonly AskedAuthority[], number: number): number {
  let rest = (number * 0.6180339887498949) % 1;
  const found = authorities.findIndex(({ share }) => (rest -= share) < 0);
  return found < 0 ? 0 : found;
}
