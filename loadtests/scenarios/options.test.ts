import type { RampingArrivalRateScenario } from 'k6/options';
import { expect, test } from 'vitest';
import { CAMPAIGNS } from '../campaigns/index.ts';
import { planCampaign } from '../run/plan-campaign.ts';
import { target } from '../run/testing/target.ts';
import { optionsOf } from './options.ts';

const campaign = CAMPAIGNS.find(({ name }) => name === 'smoke')!;
const URLS = { checkerUrl: 'http://127.0.0.1:1/', startUrl: 'http://127.0.0.1:2/' };
const [plan] = planCampaign({ ...URLS, campaign, scale: 1, seconds: 90, run: 1, target, offersDeltas: true });
const options = optionsOf(plan!);
const scenario = (name: string): RampingArrivalRateScenario => options.scenarios![name] as RampingArrivalRateScenario;

test('the load begins with a rise to where its curve begins, from a quarter of it; rates are of a minute', () => {
  const { startRate, stages, timeUnit } = scenario('ocspPost');
  const rate = Math.round(60 * 0.63 * 0.5 * 60);
  expect(timeUnit).toBe('1m');
  expect(startRate).toBe(Math.round(rate / 4));
  expect(stages).toEqual([
    { target: rate, duration: `${campaign.warmUpSeconds}s` },
    { target: rate, duration: '90s' },
  ]);
});

test('there are callers for half a second without an answer, for ten where a database is asked; none is made later', () => {
  expect(scenario('ocspPost').preAllocatedVUs).toBe(4 + Math.ceil(60 * 0.63 * 0.5 * 0.5));
  expect(scenario('identification').preAllocatedVUs).toBe(4 + 3 * 10);
  for (const each of Object.values(options.scenarios!)) expect(each).not.toHaveProperty('maxVUs');
});

test('k6 tells apart every window of the report', () => {
  expect(plan!.windowSeconds).toBe(2);
  for (const metric of ['ocsp_duration', 'crl_not_modified_duration', 'asked', 'failed']) {
    const windows = Object.keys(options.thresholds!).filter((name) => name.startsWith(`${metric}{window:`));
    expect(windows).toHaveLength(45);
  }
});
