import type { Options, Scenario } from 'k6/options';
import {
  type Arrivals,
  FAILURES,
  type Plan,
  type ScenarioName,
  SCENARIOS,
  WINDOWED_COUNTS,
  WINDOWED_TRENDS,
  WRONGS,
} from '../lib/plan.ts';

const SECONDS_A_MINUTE = 60;
/**
 * Seconds in which a caller may wait for its answer before the next ones find nobody free, and are dropped. Callers take
 * turns and each keeps a connection, so there are no more than it takes; k6 makes none while it runs, which would cost CPU
 * just when it is short, and drop what each was for all the same.
 */
const USUAL_PATIENCE = 0.5;
/** What waits for a database waits until it is back. */
const PATIENCE: Partial<Record<ScenarioName, number>> = { identification: 10, usageEvents: 10 };
/** Few, so that those of a slow scenario come back before a service closes their connections for idleness. */
const FEWEST_CALLERS = 4;

/** An open model: whoever is slow to answer gets no fewer requests. Rates are of a minute, so that slow ones can be said. It begins with the rise. */
function scenarioOf({ points }: Arrivals, exec: ScenarioName, leadInSeconds: number): Scenario {
  const aMinute = points.map(({ rate }) => Math.round(rate * SECONDS_A_MINUTE));
  const most = Math.max(...points.map(({ rate }) => rate));
  return {
    executor: 'ramping-arrival-rate',
    exec,
    timeUnit: '1m',
    startRate: Math.round((aMinute[0] ?? 0) / 4),
    stages: [
      { target: aMinute[0] ?? 0, duration: `${leadInSeconds}s` },
      ...points.slice(1).map(({ second }, index) => ({
        target: aMinute[index + 1] ?? 0,
        duration: `${second - (points[index]?.second ?? 0)}s`,
      })),
    ],
    preAllocatedVUs: FEWEST_CALLERS + Math.ceil(most * (PATIENCE[exec] ?? USUAL_PATIENCE)),
    gracefulStop: '30s',
  };
}

/** What k6 is to run. It judges nothing itself: thresholds make it tell the windows apart in its summary. */
export function optionsOf({ scenarios, seconds, leadInSeconds, windowSeconds, caller }: Plan): Options {
  const windows = Array.from({ length: Math.ceil(seconds / windowSeconds) }, (_, window) => window);
  const told = (metrics: readonly string[], threshold: string): [string, string[]][] =>
    metrics.flatMap((metric) => windows.map((window) => [`${metric}{window:${window}}`, [threshold]]));
  const reasons: [string, string[]][] = [
    ...FAILURES.map((why) => `failed{why:${why}}`),
    ...WRONGS.map((what) => `wrong_answers{what:${what}}`),
  ].map((metric) => [metric, ['count>=0']]);
  return {
    scenarios: Object.fromEntries(
      SCENARIOS.flatMap((name) => {
        const arrivals = scenarios[name];
        return arrivals ? [[name, scenarioOf(arrivals, name, leadInSeconds)]] : [];
      }),
    ),
    thresholds: Object.fromEntries([
      ...told(WINDOWED_TRENDS, 'max>=0'),
      ...told(WINDOWED_COUNTS, 'count>=0'),
      ...reasons,
    ]),
    summaryTrendStats: ['count', 'avg', 'p(50)', 'p(95)', 'p(99)', 'p(99.9)', 'max'],
    setupTimeout: '300s',
    systemTags: ['scenario'],
    tlsAuth: [{ cert: caller.certificatePem, key: caller.keyPem }],
    // What is measured is not whose certificate the servers have.
    insecureSkipTLSVerify: true,
    discardResponseBodies: true,
    userAgent: 'kakunin-campaign',
  };
}
