import { expect, test } from 'vitest';
import { SCENARIOS } from '../lib/plan.ts';
import { HOURS_OF_DAY, peak, rate } from '../model/demand.ts';
import { DOWNLOADS, stampedeOf } from '../model/downloads.ts';
import { revocationsByQuarterHour, revocationsOnPeakDay } from '../model/revocations.ts';
import { type Campaign, CAMPAIGNS } from './index.ts';

const named = (name: string): Campaign => CAMPAIGNS.find((campaign) => campaign.name === name)!;

/** Checks a second at each point of a campaign's curve. */
function checksOf({ arrivals: { ocspPost = [], ocspGet = [], ocspHandshake = [] } }: Campaign): number[] {
  return ocspPost.map(({ rate: post }, index) => post + ocspGet[index]!.rate + ocspHandshake[index]!.rate);
}

test('the issue’s nine, each by one name', () => {
  expect(CAMPAIGNS.map(({ name }) => name).sort()).toEqual(
    [
      'average-day',
      'crl-stampede',
      'etax-deadline',
      'failover',
      'nationwide-peak-high',
      'nationwide-peak-mid',
      'smoke',
      'soak',
      'spike',
    ].sort(),
  );
});

test.each(CAMPAIGNS.map((campaign) => [campaign.name, campaign] as const))('%s can be played', (_, campaign) => {
  for (const [name, curve] of Object.entries(campaign.arrivals)) {
    expect(SCENARIOS).toContain(name);
    expect([curve[0]!.at, curve.at(-1)!.at]).toEqual([0, 1]);
    for (const [index, { at, rate: arrivals }] of curve.entries()) {
      if (index > 0) expect(at).toBeGreaterThan(curve[index - 1]!.at);
      expect(arrivals).toBeGreaterThan(0);
    }
  }
  for (const name of campaign.fixed ?? []) expect(campaign.arrivals).toHaveProperty(name);
  expect(campaign.title.ja).not.toBe(campaign.title.en);
  const incidents = campaign.incidents ?? [];
  for (const { at, seconds } of incidents) expect(at * campaign.seconds + seconds).toBeLessThan(campaign.seconds);
});

test.each([
  ['nationwide-peak-mid', peak('mid')],
  ['nationwide-peak-high', peak('high')],
  ['failover', peak('mid')],
  ['soak', rate('mid', 10)],
])('%s asks what the model says, all the time', (name, expected) => {
  for (const checks of checksOf(named(name))) expect(checks).toBeCloseTo(expected, 6);
});

test('the design’s mid peak is 2,384 checks a second', () => {
  expect(Math.round(checksOf(named('nationwide-peak-mid'))[0]!)).toBe(2_384);
});

test('a day follows the model’s hours', () => {
  const [, ...rest] = checksOf(named('average-day'));
  for (const hour of HOURS_OF_DAY) expect(rest[hour]).toBeCloseTo(rate('mid', hour), 6);
});

test('the spike is above what came before it as the peak is above early morning', () => {
  const checks = checksOf(named('spike'));
  expect(checks[2]! / checks[1]!).toBeCloseTo(peak('mid') / rate('mid', 6), 6);
});

test('on the evening of the deadline most is added to a usual evening at nine', () => {
  const added = checksOf(named('etax-deadline')).map((checks, index) => checks - rate('mid', 18 + index));
  expect(Math.min(...added)).toBeGreaterThan(0);
  expect(18 + added.indexOf(Math.max(...added))).toBe(21);
});

test('in the stampede, what a CDN lets through reaches the origin', () => {
  const { crlConditional, crlFull, crlDelta } = named('crl-stampede').arrivals;
  const downloads = [crlConditional, crlFull, crlDelta].reduce((sum, curve) => sum + curve![0]!.rate, 0);
  expect(downloads).toBeCloseTo(stampedeOf('mid').requestsASecond * DOWNLOADS.originShare.value, 6);
});

test('the storm during the peak is the busiest quarter of an hour of a peak day', () => {
  const busiest = Math.max(...revocationsByQuarterHour(revocationsOnPeakDay()));
  expect(named('nationwide-peak-mid').revocationsASecond * 900).toBeCloseTo(busiest, 6);
});

test('a month is closed in the middle of the peak, and everything that is promised to survive is killed', () => {
  expect(named('nationwide-peak-mid').closesMonth).toBe(true);
  expect(named('failover').incidents?.map(({ victim }) => victim)).toEqual(['ocsp-responder', 'event log', 'database']);
});
