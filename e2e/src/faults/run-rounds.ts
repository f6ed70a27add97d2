import { billingPeriodOf } from '@kakunin/calendar';
import { SeededChance } from '@kakunin/ocsp/testing/seeded-chance';
import { kakuninOk } from '../support/processes.ts';
import type { Accounts } from './accounts.ts';
import { FaultFailure } from './fault-failure.ts';
import { startFaultySystem, type Victim } from './faulty-system.ts';
import { Load, type LoadTotals } from './load.ts';
import { Mischief } from './mischief.ts';
import { planRound, type RoundPlan, type RoundResult, runRound } from './round.ts';
import type { LogKind } from './topic-log.ts';

export interface RoundsInput {
  readonly log: LogKind;
  readonly rounds: number;
  readonly seed: number;
  /** No round begins after so long, ms: an end for what nobody watches. */
  readonly limit?: number;
  readonly say: (line: string) => void;
}

export interface RoundsResult {
  /** Fewer than wanted when time was up. */
  readonly rounds: number;
  readonly accounts: Accounts;
  readonly totals: LoadTotals;
  readonly kills: Readonly<Partial<Record<Victim, number>>>;
  /** Rounds in which a disk was full. */
  readonly fullDisks: number;
  readonly repeated: number;
  readonly damaged: number;
}

/** @throws FaultFailure in the first round after which counted is not what was answered; Error when the meter disagrees with its archive */
export async function runRounds({ log, rounds, seed, limit = Infinity, say }: RoundsInput): Promise<RoundsResult> {
  const deadline = performance.now() + limit;
  const chance = new SeededChance(seed);
  const system = await startFaultySystem({ log });
  const mischief = await Mischief.start(system.environment).catch(async (error: unknown) => {
    await system.stop();
    throw error;
  });
  const load = new Load(system.load);
  const kills: Partial<Record<Victim, number>> = {};
  let [fullDisks, done] = [0, 0];
  let accounts: Accounts | undefined;
  try {
    for (let round = 1; round <= rounds && (round === 1 || performance.now() < deadline); round += 1) {
      const plan = planRound(chance);
      const result = await runRound({ system, load, mischief, plan }).catch((error: unknown) => {
        throw new FaultFailure(`Round ${round} of seed ${seed} (${JSON.stringify(plan)}): ${String(error)}`, {
          cause: error,
        });
      });
      ({ accounts } = result);
      done = round;
      for (const victim of plan.victims) kills[victim] = (kills[victim] ?? 0) + 1;
      fullDisks += plan.diskFull === undefined ? 0 : 1;
      say(`round ${round} of ${rounds}: ${describePlan(plan)}; ${describeResult(result)}`);
    }
    // The meter's own word, which counts the archive again.
    await kakuninOk(system.folder, ['billing', 'reconcile', billingPeriodOf(Date.now()), '--deep']);
  } finally {
    await load.pause().catch(() => undefined);
    await mischief.stop();
    await system.stop();
  }
  if (!accounts) throw new RangeError('There must be a round at least.');
  const { repeated, damaged } = mischief;
  return { rounds: done, accounts, totals: load.totals, kills, fullDisks, repeated, damaged };
}

const describePlan = ({ victims, mischief, diskFull }: RoundPlan): string =>
  [
    ...(diskFull ? [`disk of ${diskFull} full`] : []),
    ...(mischief ? ['segments again, reversed, damaged'] : []),
    `kill -9 of ${victims.join(' and ')}`,
  ].join(', ');

const seconds = (milliseconds: number): string => `${(milliseconds / 1_000).toFixed(1)} s`;

const describeResult = ({ accounts, recovery, settling }: RoundResult): string =>
  `ready after ${seconds(recovery)}, ${accounts.byDay} counted after ${seconds(settling)}`;
