import { parseArgs } from 'node:util';
import { FaultFailure } from './fault-failure.ts';
import { type RoundsResult, runRounds } from './run-rounds.ts';

const USAGE = 'usage: npm run faults -- [--rounds 100] [--seed N] [--log embedded|kafka] [--minutes N]';

/** Nothing was wrong in fewer rounds than wanted. */
const TIME_WAS_UP = 3;

const say = (line: string): void => console.error(line);

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '100' },
      seed: { type: 'string', default: `${Date.now() % 2 ** 31}` },
      log: { type: 'string', default: 'embedded' },
      minutes: { type: 'string', default: '0' },
    },
  });
  const [rounds, seed, minutes] = [values.rounds, values.seed, values.minutes].map(Number) as [number, number, number];
  const { log } = values;
  const isNumber = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;
  if (
    !isNumber(rounds) ||
    rounds === 0 ||
    !isNumber(seed) ||
    !isNumber(minutes) ||
    (log !== 'embedded' && log !== 'kafka')
  ) {
    say(USAGE);
    return 2;
  }
  say(`seed ${seed}`);
  const start = performance.now();
  const result = await runRounds({ log, rounds, seed, say, ...(minutes > 0 && { limit: minutes * 60_000 }) });
  console.log(describe(result, rounds, (performance.now() - start) / 1_000));
  return result.rounds === rounds ? 0 : TIME_WAS_UP;
}

function describe(
  { rounds: done, totals, accounts, kills, fullDisks, repeated, damaged }: RoundsResult,
  rounds: number,
  seconds: number,
): string {
  const { patient, unanswered, impatient, abandoned } = totals;
  const victims = Object.entries(kills).map(([victim, count]) => `${victim} ${count}`);
  return [
    `${done} of ${rounds} rounds in ${Math.round(seconds)} s; kill -9: ${victims.join(', ')}; disk full: ${fullDisks} times; ${repeated} segments sent again, ${damaged} damaged ones`,
    `answered to callers that ask until they are answered: ${patient}, unanswered for 55 s: ${unanswered}, counted: ${accounts.forServiceProvider}`,
    `answered to callers that give up: ${impatient}, given up: ${abandoned}, counted: ${accounts.forItself}`,
    `counted: ${accounts.byDay}, leaves of ledgers: ${accounts.leaves}, segments missing: ${accounts.missing}; billing reconcile --deep: everything agrees`,
  ].join('\n');
}

process.exitCode = await main().catch((error: unknown) => {
  const usage = (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS');
  say(usage || error instanceof FaultFailure ? (error as Error).message : String((error as Error).stack));
  return usage ? 2 : 1;
});
