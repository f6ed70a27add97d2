import { describe, expect, test } from 'vitest';
import { type Campaign, CAMPAIGNS } from '../campaigns/index.ts';
import type { Plan, ScenarioName } from '../lib/plan.ts';
import { callerLimitOf, planCampaign } from './plan-campaign.ts';
import { target } from './testing/target.ts';

const URLS = { checkerUrl: 'http://127.0.0.1:1/', startUrl: 'http://127.0.0.1:2/' };
const INPUT = { ...URLS, run: 7, target, offersDeltas: true };

const plansOf = (campaign: Campaign, scale: number, seconds?: number): readonly Plan[] =>
  planCampaign({ ...INPUT, campaign, scale, ...(seconds && { seconds }) });

/** Arrivals a second of all generators together, at each point. */
function together(plans: readonly Plan[], name: ScenarioName): number[] {
  const all = plans.flatMap(({ scenarios }) => (scenarios[name] ? [scenarios[name].points] : []));
  return (all[0] ?? []).map((_, index) => all.reduce((sum, points) => sum + (points[index]?.rate ?? 0), 0));
}

describe.each(CAMPAIGNS.map((campaign) => [campaign.name, campaign] as const))('%s', (_, campaign) => {
  test.each([1, 0.5, 0.013])('its generators make the rates of its curves, at scale %d', (scale) => {
    const plans = plansOf(campaign, scale);
    const { greedyCaller: _greedy, ...arrivals } = campaign.arrivals;
    for (const [name, curve] of Object.entries(arrivals)) {
      const factor = campaign.fixed?.includes(name as ScenarioName) ? 1 : scale;
      const expected = curve.map(({ rate }) => rate * factor);
      for (const [index, rate] of together(plans, name as ScenarioName).entries())
        expect(rate).toBeCloseTo(expected[index]!, 6);
      expect(together(plans, name as ScenarioName)).toHaveLength(curve.length);
    }
  });

  test('the last point is its end, in another length as well', () => {
    for (const seconds of [undefined, 45]) {
      for (const { scenarios } of plansOf(campaign, 1, seconds)) {
        for (const { points } of Object.values(scenarios)) {
          expect(points[0]!.second).toBe(0);
          expect(points.at(-1)!.second).toBe(seconds ?? campaign.seconds);
        }
      }
    }
  });

  test('it follows from the input alone, and travels as JSON', () => {
    const plans = plansOf(campaign, 0.5);
    expect(plansOf(campaign, 0.5)).toEqual(plans);
    expect(JSON.parse(JSON.stringify(plans))).toEqual(plans);
  });

  test('no two generators ask in the same order', () => {
    const runs = plansOf(campaign, 1).map(({ run }) => run);
    expect(new Set(runs).size).toBe(runs.length);
  });
});

const smoke = CAMPAIGNS.find(({ name }) => name === 'smoke')!;

test('each platform provider checks; what is not a check comes from the first; the greedy one does nothing else', () => {
  const plans = plansOf(smoke, 1);
  expect(plans.map(({ caller }) => caller.code)).toEqual(['pf-1', 'pf-2', 'greedy']);
  expect(Object.keys(plans[1]!.scenarios)).toEqual(['ocspPost', 'ocspGet', 'ocspHandshake']);
  expect(Object.keys(plans[0]!.scenarios)).toEqual(expect.arrayContaining(['crlConditional', 'identification']));
  expect(Object.keys(plans[2]!.scenarios)).toEqual(['greedyCaller']);
});

test('the report has at most sixty points, of whole seconds', () => {
  expect(plansOf(smoke, 1, 30)[0]!.windowSeconds).toBe(1);
  expect(plansOf(smoke, 1, 61)[0]!.windowSeconds).toBe(2);
  expect(plansOf(smoke, 1, 3_600)[0]!.windowSeconds).toBe(60);
});

test('a share of the answers goes to the checker, never none', () => {
  expect(plansOf(smoke, 1)[0]!.checker.every).toBe(Math.round((60 * 0.63) / 5));
  expect(plansOf({ ...smoke, arrivals: {} }, 1)[0]!.checker.every).toBe(1);
});

test('keys of holders go to nobody who identifies none', () => {
  const holders = [{ certificatePem: '', key: '' }];
  const plans = planCampaign({ ...INPUT, campaign: smoke, scale: 1, target: { ...target, holders } });
  expect(plans.map((plan) => plan.holders.length)).toEqual([1, 0, 0]);
});

test.each(
  CAMPAIGNS.filter(({ arrivals }) => arrivals.greedyCaller).map((campaign) => [campaign.name, campaign] as const),
)('%s: the greedy caller is above what a caller may ask, and nobody else is, at any scale', (_, campaign) => {
  for (const scale of [0.01, 0.1, campaign.defaultScale, 1]) {
    const limit = callerLimitOf(campaign, scale);
    const plans = plansOf(campaign, scale);
    const most = (name: ScenarioName): number => Math.max(...together(plans, name));
    expect(most('greedyCaller')).toBeGreaterThan(1.09 * limit);
    expect(most('ocspGet')).toBeLessThan(limit / 1.4);
    expect((most('ocspPost') + most('ocspHandshake')) / 4).toBeLessThan(limit / 1.4);
  }
});
