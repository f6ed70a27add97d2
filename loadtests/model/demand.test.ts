import { expect, test } from 'vitest';
import {
  checksAMonth,
  checksAMonthOf,
  checksOnBusiestDay,
  checksOnBusiestDayOf,
  HOURS_OF_DAY,
  peak,
  rate,
  rateOf,
  usageAMonth,
} from './demand.ts';
import { downloadsOf, octetsOfAllCrls, stampedeOf } from './downloads.ts';
import { LEVELS } from './figure.ts';
import { HOURS } from './hours.ts';
import { NATION } from './nation.ts';
import {
  issuedCertificates,
  liveEntries,
  revocationsADay,
  revocationsByQuarterHour,
  revocationsOnPeakDay,
} from './revocations.ts';
import { USE_CASES } from './use-cases.ts';

// The table "Size of the nation" of the design.
test.each([
  ['low', 153, 627],
  ['mid', 406, 2384],
  ['high', 1872, 16_064],
] as const)('%s: %d M checks a month, %d/s at the daytime peak', (level, millions, perSecond) => {
  expect(Math.round(checksAMonth(level) / 1e6)).toBe(millions);
  expect(Math.round(peak(level))).toBe(perSecond);
});

test('certificates, entries and revocations are those of the design', () => {
  expect(Math.round(issuedCertificates() / 1e6)).toBe(200);
  expect(Math.round(liveEntries('signature') / 1e6)).toBe(26);
  expect(Math.round(liveEntries('userAuthentication') / 1e6)).toBe(9);
  expect(Math.round(octetsOfAllCrls() / 1e8)).toBe(13);
  expect(Math.round(revocationsADay() / 1e3)).toBe(105);
  expect(Math.round(revocationsOnPeakDay() / 1e3)).toBe(480);
  expect(NATION.relyingParties.low.value).toBe(1300);
  expect(NATION.relyingParties.mid.value).toBe(2 * NATION.relyingParties.low.value);
});

test.each(Object.keys(HOURS) as (keyof typeof HOURS)[])('the hours of %s are one day', (profile) => {
  expect(HOURS[profile].values).toHaveLength(24);
  expect(HOURS[profile].values.reduce((total, share) => total + share, 0)).toBeCloseTo(100, 9);
  expect(Math.min(...HOURS[profile].values)).toBeGreaterThanOrEqual(0);
});

test.each(LEVELS)('%s: hours add up to the day, uses to the whole', (level) => {
  const ofHours = HOURS_OF_DAY.reduce((total, hour) => total + rate(level, hour) * 3600, 0);
  expect(ofHours / checksOnBusiestDay(level)).toBeCloseTo(1, 9);
  for (const use of USE_CASES) {
    const ofUse = HOURS_OF_DAY.reduce((total, hour) => total + rateOf(use, level, hour) * 3600, 0);
    expect(ofUse / checksOnBusiestDayOf(use, level)).toBeCloseTo(1, 9);
  }
  const { signature, userAuthentication } = usageAMonth(level);
  expect((signature + userAuthentication) / checksAMonth(level)).toBeCloseTo(1, 9);
  expect(signature).toBeGreaterThan(0);
});

test('every use grows from level to level, and so do downloads', () => {
  for (const use of USE_CASES) {
    expect(checksAMonthOf(use, 'mid')).toBeGreaterThan(checksAMonthOf(use, 'low'));
    expect(checksAMonthOf(use, 'high')).toBeGreaterThan(checksAMonthOf(use, 'mid'));
  }
  const ordered = (values: readonly number[]) => [...values].sort((a, b) => a - b);
  const requests = LEVELS.map((level) => downloadsOf(level).requestsASecond);
  const stampedes = LEVELS.map((level) => stampedeOf(level).octetsASecond);
  expect(requests).toEqual(ordered(requests));
  expect(stampedes).toEqual(ordered(stampedes));
});

test('downloads: each of 130 fetchers asks for each of 3,780 CRLs once an hour; in a stampede all 1,300 within one', () => {
  expect(downloadsOf('low').requestsASecond).toBeCloseTo((130 * 3780) / 3600, 6);
  expect(stampedeOf('low').requestsASecond).toBeCloseTo((1300 * 3780) / 3600, 6);
  expect(downloadsOf('low').peakOriginOctetsASecond).toBeCloseTo(downloadsOf('low').peakOctetsASecond / 20, 6);
});

test('quarters of an hour are the day, none while town halls are closed', () => {
  const quarters = revocationsByQuarterHour(480_000);
  expect(quarters).toHaveLength(96);
  expect(quarters.reduce((total, one) => total + one, 0)).toBeCloseTo(480_000, 3);
  expect(quarters[4 * 3]).toBe(0);
  expect(Math.max(...quarters)).toBeCloseTo(20_400, 3);
});

test('there is no 25th hour', () => {
  expect(() => rate('mid', 24)).toThrow(RangeError);
});
