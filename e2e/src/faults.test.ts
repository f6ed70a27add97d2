import { expect, test } from 'vitest';
import { runRounds } from './faults/run-rounds.ts';

/** The short form of `npm run faults`. */
const ROUNDS = 2;
/** Half a minute, on a machine that has nothing else to do. */
const LIMIT_MS = 300_000;

test('kill -9 under load: counted is what was answered, wherever it is counted', { timeout: LIMIT_MS }, async () => {
  const seed = Date.now() % 2 ** 31;
  const { accounts, totals } = await runRounds({ log: 'embedded', rounds: ROUNDS, seed, say: () => undefined });
  expect(totals.patient).toBeGreaterThan(0);
  expect(accounts.forServiceProvider - totals.patient).toBeLessThanOrEqual(totals.unanswered);
  expect(accounts).toMatchObject({ leaves: accounts.byDay, missing: 0, pending: 0 });
});
