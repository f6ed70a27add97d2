import type { Campaign } from '../campaigns/index.ts';
import type { Words } from '../model/language.ts';
import { grouped } from '../model/table.ts';
import type { Plan, ScenarioName } from '../lib/plan.ts';

const CHECKS: readonly ScenarioName[] = ['ocspPost', 'ocspGet', 'ocspHandshake'];
const DOWNLOADS: readonly ScenarioName[] = ['crlConditional', 'crlFull', 'crlDelta'];

/** Arrivals a second of all generators together, where they are most. */
function mostOf(plans: readonly Plan[], names: readonly ScenarioName[]): number {
  const sums: number[] = [];
  for (const { scenarios } of plans) {
    for (const name of names) {
      for (const [at, { rate }] of (scenarios[name]?.points ?? []).entries()) sums[at] = (sums[at] ?? 0) + rate;
    }
  }
  return Math.max(0, ...sums);
}

/** What share of the nation was asked, and for how long: what a meeting has to know before it reads a verdict. */
export function shareOf(campaign: Campaign, plans: readonly Plan[], scale: number): Words {
  const percent = `${grouped(scale * 100, scale < 0.1 ? 1 : 0)} %`;
  const isScaled = (name: ScenarioName): boolean => !campaign.fixed?.includes(name);
  const [checks, downloads] = [mostOf(plans, CHECKS), mostOf(plans, DOWNLOADS)];
  const of = (most: number): readonly [string, string] => [grouped(most), grouped(most / scale)];
  const [rate, nation] = of(checks);
  const [fetched, nationFetches] = of(downloads);
  const ja = [
    isScaled('ocspPost')
      ? `有効性確認は全国の負荷の${percent}（毎秒最大${rate}件。全国では${nation}件）`
      : `有効性確認は毎秒最大${rate}件（全国の負荷を縮めたものではない）`,
    ...(isScaled('crlConditional')
      ? [`CRLの取得は全国の${percent}（毎秒${fetched}件。全国では${nationFetches}件）`]
      : []),
  ];
  const en = [
    isScaled('ocspPost')
      ? `checks at ${percent} of the nation’s load (at most ${rate} a second of ${nation})`
      : `at most ${rate} checks a second, which is no share of the nation’s load`,
    ...(isScaled('crlConditional') ? [`CRL downloads at ${percent} (${fetched} a second of ${nationFetches})`] : []),
  ];
  const { seconds } = plans[0]!;
  return {
    ja: `かけた負荷：${ja.join('、')}を${grouped(seconds)}秒間。`,
    en: `Asked for ${grouped(seconds)} s: ${en.join('; ')}.`,
  };
}
