import { expect, test } from 'vitest';
import { CAMPAIGNS } from '../campaigns/index.ts';
import { planCampaign } from '../run/plan-campaign.ts';
import { target } from '../run/testing/target.ts';
import { shareOf } from './share.ts';

const URLS = { checkerUrl: 'http://127.0.0.1:1/', startUrl: 'http://127.0.0.1:2/' };

function said(name: string, scale: number): { readonly ja: string; readonly en: string } {
  const campaign = CAMPAIGNS.find((each) => each.name === name)!;
  const plans = planCampaign({ ...URLS, campaign, scale, run: 1, target, offersDeltas: true });
  return shareOf(campaign, plans, scale);
}

test('of the nation’s peak, what was asked and what the nation asks', () => {
  const { ja, en } = said('nationwide-peak-mid', 0.25);
  expect(ja).toBe('かけた負荷：有効性確認は全国の負荷の25 %（毎秒最大596件。全国では2,384件）を180秒間。');
  expect(en).toContain('25 % of the nation’s load (at most 596 a second of 2,384)');
});

test('what is no share of the nation is not called one', () => {
  const { ja, en } = said('smoke', 1);
  expect(ja).toContain('毎秒最大60件（全国の負荷を縮めたものではない）');
  expect(en).toContain('no share of the nation’s load');
  expect(ja).not.toContain('CRL');
});

test('where downloads are what is scaled, they are said', () => {
  expect(said('crl-stampede', 0.5).ja).toMatch(
    /毎秒最大200件（全国の負荷を縮めたものではない）、CRLの取得は全国の50 %/,
  );
});
