import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { CAMPAIGNS } from '../campaigns/index.ts';
import { judge, type Measured } from '../run/objectives.ts';
import { planCampaign } from '../run/plan-campaign.ts';
import type { CampaignRun } from '../run/run-campaign.ts';
import { kept } from '../run/testing/measured.ts';
import { target } from '../run/testing/target.ts';
import { compare } from './baseline.ts';
import { reportHtml } from './html.ts';
import { summaryOf } from './summary.ts';

const campaign = CAMPAIGNS.find(({ name }) => name === 'nationwide-peak-mid')!;
const plans = planCampaign({
  campaign,
  scale: 0.5,
  run: 1,
  target,
  checkerUrl: 'http://127.0.0.1:1/',
  startUrl: 'http://127.0.0.1:2/',
  offersDeltas: true,
});

function reportOf(measured: Partial<CampaignRun & Measured> = {}): string {
  const run: CampaignRun = {
    ...kept,
    plans,
    startedAt: Date.UTC(2026, 10, 24),
    samples: [{ second: 1, service: 'ocsp-responder', cores: 0.5, memory: 1e8, metrics: {} }],
    cpuSeconds: new Map([
      ['ocsp-responder', 0.01],
      ['k6 1', 0.005],
    ]),
    ...measured,
  };
  const summary = summaryOf({ run, objectives: judge(run), scale: 0.5, seed: 1 });
  return reportHtml({ campaign, run, summary, comparison: compare(summary, summary) });
}

const most = { aSecond: 12_345, p99: 7, cpuMicroseconds: 50, refused: 0, errors: 0 };

test('a verdict by objective, in Japanese first; nothing is loaded from elsewhere', () => {
  const html = reportOf({ closing: { ok: true, detail: '2026-10: closed' }, most: { live: most, cached: most } });
  expect(html).toContain('<p class="verdict passed">合格');
  expect(html.match(/達成<br>/g)).toHaveLength(10);
  expect(html).toContain('12,345 /s');
  expect(html).toContain('2026年11月24日 9:00:00 JST');
  expect(html).not.toMatch(/(?:src|href)=|NaN|undefined/);
});

test('one that is missed is enough', () => {
  const html = reportOf({ charges: { answered: 10, unanswered: 0, charged: 9 } });
  expect(html).toContain('<p class="verdict failed">不合格');
  expect(html.match(/未達<br>/g)).toHaveLength(1);
});

test('says that k6 is the bottleneck where it took more than half of the CPU, and only there', () => {
  expect(reportOf()).not.toContain('k6 is the bottleneck');
  expect(
    reportOf({
      cpuSeconds: new Map([
        ['ocsp-responder', 1],
        ['k6 1', 1.1],
      ]),
    }),
  ).toContain('k6 is the bottleneck');
});

test('plans nothing where nobody said what the responder used', () => {
  expect(reportOf({ cpuSeconds: new Map() })).toContain('No plan');
});

test('its markup is well-formed', () => {
  const html = reportOf({ outages: [{ victim: 'event log', from: 3, to: 5 }] });
  const warnings = execFileSync('xmllint', ['--html', '--noout', '-'], {
    input: html,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  expect(warnings.toString()).toBe('');
  // Every element that is opened is closed; those are void.
  const open = html.match(/<(?!\/|!|meta|br)[a-z0-9]+(?=[\s>])[^>]*(?<!\/)>/g) ?? [];
  expect(open.length).toBe((html.match(/<\/[a-z0-9]+>/g) ?? []).length);
});
