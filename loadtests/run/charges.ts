import { setTimeout as sleep } from 'node:timers/promises';
import { exportMonth } from '@kakunin/e2e/support/billing';
import type { Failure } from '../lib/plan.ts';
import type { LoadResults } from './results.ts';
import type { Target } from './target.ts';

/** Everything that was recorded is charged within this time after the load. */
const SETTLING_MS = 120_000;
/** And when for so long nothing more came, nothing more will. */
const IDLE_MS = 30_000;
const INTERVAL_MS = 1_000;

/** What was answered, and what the meter charges for it. */
export interface Charges {
  /** Definite answers and reported events that reached the callers: each is to be charged once. */
  readonly answered: number;
  /** Requests whose answer did not arrive: each may have been recorded, or not. */
  readonly unanswered: number;
  /** Undefined: the meter did not say. */
  readonly charged: number | undefined;
}

/** Checks that are charged so far, this month, to the callers of the campaign. */
export async function chargedSoFar({ folder, customers }: Pick<Target, 'folder' | 'customers'>): Promise<number> {
  const { statements } = await exportMonth(folder);
  return statements
    .filter(({ customer }) => customers.includes(customer))
    .reduce((sum, { totals }) => sum + Number(totals.quantity), 0);
}

/** After these, the check may have been recorded all the same. Whoever is refused or told to try later is charged nothing. */
const UNDECIDED: readonly Failure[] = ['no connection', 'http error', 'other'];

/** Requests whose answer did not arrive, and which may be charged. */
export const undecidedOf = ({ failures }: Pick<LoadResults, 'failures'>): number =>
  UNDECIDED.reduce((sum, why) => sum + failures[why], 0);

export interface SettleInput {
  readonly target: Pick<Target, 'folder' | 'customers'>;
  readonly before: number;
  readonly answered: number;
  readonly unanswered: number;
}

/** Waits until as much is charged as was answered, as long as more comes, for two minutes at most. */
export async function settleCharges({ target, before, answered, unanswered }: SettleInput): Promise<Charges> {
  let charged: number | undefined;
  let idleSince = Date.now();
  for (const deadline = Date.now() + SETTLING_MS; ; await sleep(INTERVAL_MS)) {
    const now = await chargedSoFar(target).catch(() => undefined);
    if (now !== undefined && now - before !== charged) {
      charged = now - before;
      idleSince = Date.now();
    }
    const isEnough = charged !== undefined && charged >= answered;
    const isOver = Date.now() > Math.min(deadline, idleSince + IDLE_MS);
    if (isEnough || isOver) return { answered, unanswered, charged };
  }
}
