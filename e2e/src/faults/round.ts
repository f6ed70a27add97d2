import { setTimeout as sleep } from 'node:timers/promises';
import type { SeededChance } from '@kakunin/ocsp/testing/seeded-chance';
import type { Accounts } from './accounts.ts';
import { type FaultySystem, type Victim, VICTIMS, type Writer, WRITERS } from './faulty-system.ts';
import { fillDisk } from './full-disk.ts';
import type { Load } from './load.ts';
import type { Mischief } from './mischief.ts';
import { settle } from './settle.ts';

/** What is done to the system in a round. */
export interface RoundPlan {
  /** How long the load runs before the kill, ms. */
  readonly before: number;
  readonly victims: readonly Victim[];
  /** How long the victims stay dead, ms. */
  readonly dead: number;
  /** How long the load goes on when all are back, ms. */
  readonly after: number;
  /** Segments come again, in another order, and damaged. */
  readonly mischief: boolean;
  /** Whose disk is full, from before the kill until what was killed is started again. */
  readonly diskFull: Writer | undefined;
}

export function planRound(chance: SeededChance): RoundPlan {
  const first = chance.pick(VICTIMS);
  const second = chance.below(3) === 0 ? chance.pick(VICTIMS) : first;
  return {
    before: 100 + chance.below(600),
    victims: [...new Set([first, second])],
    dead: chance.below(400),
    after: chance.below(300),
    mischief: chance.below(3) === 0,
    diskFull: chance.below(3) === 0 ? chance.pick(WRITERS) : undefined,
  };
}

export interface RoundResult {
  readonly accounts: Accounts;
  /** How long until all that was killed was ready again, and until all that was recorded was counted, ms. */
  readonly recovery: number;
  readonly settling: number;
}

export interface RoundInput {
  readonly system: FaultySystem;
  readonly load: Load;
  readonly mischief: Mischief;
  readonly plan: RoundPlan;
}

/**
 * Kills under load, lets everything come back, and holds what is counted against what was answered.
 * @throws FaultFailure when they differ
 */
export async function runRound({ system, load, mischief, plan }: RoundInput): Promise<RoundResult> {
  const victims = plan.victims.map((name) => system.victims[name]);
  load.start();
  await sleep(plan.before);
  if (plan.mischief) await mischief.play();
  const makeRoom = plan.diskFull && (await fillDisk(system.pidOf(plan.diskFull)));
  await Promise.all(victims.map((victim) => victim.kill()));
  await sleep(plan.dead);
  const recoveryStart = performance.now();
  const recovering = Promise.all(victims.map((victim) => victim.recover()));
  await makeRoom?.();
  await recovering;
  const recovery = performance.now() - recoveryStart;
  await sleep(plan.after);
  await load.pause();
  const settlingStart = performance.now();
  const accounts = await settle(system.billingDatabaseUrl, load.totals);
  return { accounts, recovery, settling: performance.now() - settlingStart };
}
