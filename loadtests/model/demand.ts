import { HOURS } from './hours.ts';
import { NATION } from './nation.ts';
import { BURST, USE_CASES, USES } from './use-cases.ts';
import type { Level } from './figure.ts';
import type { UseCaseName } from './use-cases.ts';

const SECONDS_AN_HOUR = 3600;
const HOURS_A_DAY = 24;

/** The hours of a day, 0 to 23, JST. */
export const HOURS_OF_DAY: readonly number[] = Array.from({ length: HOURS_A_DAY }, (_, hour) => hour);

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Checks that a use makes in a month of 30 days. */
export const checksAMonthOf = (use: UseCaseName, level: Level): number =>
  USES[use].checksAMonth.reduce((product, factor) => product * factor[level].value, 1);

/** Checks a month of all uses. */
export const checksAMonth = (level: Level): number => sum(USE_CASES.map((use) => checksAMonthOf(use, level)));

/** Usage of a month by class of certificate: what is priced apart. */
export function usageAMonth(level: Level): { readonly signature: number; readonly userAuthentication: number } {
  const signature = sum(USE_CASES.map((use) => checksAMonthOf(use, level) * USES[use].signatureShare.value));
  return { signature, userAuthentication: checksAMonth(level) - signature };
}

/** Checks of a mean day. */
export const checksAMeanDay = (level: Level): number => checksAMonth(level) / NATION.daysAMonth.value;

/** Checks that a use makes on the level's busiest day. */
export const checksOnBusiestDayOf = (use: UseCaseName, level: Level): number =>
  (checksAMonthOf(use, level) / NATION.daysAMonth.value) * USES[use].dayFactor[level].value;

/** Checks of all uses on the level's busiest day. */
export const checksOnBusiestDay = (level: Level): number =>
  sum(USE_CASES.map((use) => checksOnBusiestDayOf(use, level)));

/** Checks a second of a use, mean of an hour (0 to 23, JST) of the busiest day. */
export function rateOf(use: UseCaseName, level: Level, hour: number): number {
  const share = HOURS[USES[use].hours].values[hour];
  if (share === undefined) throw new RangeError('An hour is 0 to 23.');
  return (checksOnBusiestDayOf(use, level) * (share / 100)) / SECONDS_AN_HOUR;
}

/** Checks a second of all uses, mean of an hour of the busiest day. */
export const rate = (level: Level, hour: number): number => sum(USE_CASES.map((use) => rateOf(use, level, hour)));

/** Which hour of the busiest day has most checks. */
export const busiestHour = (level: Level): number =>
  HOURS_OF_DAY.reduce((busiest, hour) => (rate(level, hour) > rate(level, busiest) ? hour : busiest), 0);

/** Checks of the busiest second of an hour. */
export const busiestSecondOf = (level: Level, hour: number): number => rate(level, hour) * BURST[level].value;

/** Checks of the busiest second of all: the daytime peak that an installation has to carry. */
export const peak = (level: Level): number => busiestSecondOf(level, busiestHour(level));
