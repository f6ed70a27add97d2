import { setTimeout as sleep } from 'node:timers/promises';
import { type Accounts, readAccounts } from './accounts.ts';
import { FaultFailure } from './fault-failure.ts';
import type { LoadTotals } from './load.ts';

/** Everything that is recorded is counted and in the ledgers within this time after all processes are back. */
const LIMIT_MS = 120_000;
const INTERVAL_MS = 100;

/**
 * Waits until what is counted is what was answered:
 * - each definite answer to a caller that asks until it is answered is counted exactly once; beyond those, at most what
 *   got no answer in the whole retry window (nothing, unless an outage lasts a minute)
 * - each definite answer to a caller that gives up is counted, and beyond those at most what was given up
 * - minutes, days, producers, segments and ledgers say the same, and no segment is missing
 *
 * Nothing recorded waits in a journal that is idle, so what is equal stays equal; a count too high fails at once.
 * @throws FaultFailure when it does not come to that
 */
export async function settle(databaseUrl: string, totals: LoadTotals): Promise<Accounts> {
  let accounts: Accounts | undefined;
  for (const deadline = Date.now() + LIMIT_MS; Date.now() < deadline; await sleep(INTERVAL_MS)) {
    accounts = (await readAccounts(databaseUrl)) ?? accounts;
    if (accounts === undefined) continue;
    if (isTooMuch(accounts, totals)) break;
    if (agrees(accounts) && isWhole(accounts, totals)) return accounts;
  }
  throw new FaultFailure(
    `Counted is not what was answered.\nanswered: ${JSON.stringify(totals)}\ncounted: ${JSON.stringify(accounts)}`,
  );
}

const isTooMuch = (
  { forServiceProvider, forItself }: Accounts,
  { patient, unanswered, impatient, abandoned }: LoadTotals,
): boolean => forServiceProvider > patient + unanswered || forItself > impatient + abandoned;

const isWhole = ({ forServiceProvider, forItself }: Accounts, { patient, impatient }: LoadTotals): boolean =>
  forServiceProvider >= patient && forItself >= impatient;

function agrees({ byDay, byMinute, byProducer, inSegments, leaves, ledgerSize, missing, pending }: Accounts): boolean {
  const same = [byMinute, byProducer, inSegments, leaves, ledgerSize].every((count) => count === byDay);
  return same && missing === 0 && pending === 0;
}
