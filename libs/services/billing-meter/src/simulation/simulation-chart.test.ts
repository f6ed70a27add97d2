import { execFileSync } from 'node:child_process';
import type { SimulatedCustomer } from '@kakunin/billing';
import type { BillingPeriod } from '@kakunin/calendar';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { jst } from '../testing/usage-events.ts';
import { simulationChart } from './simulation-chart.ts';
import type { SimulatedMonths } from './simulator.ts';
import { yenScale } from './yen-scale.ts';

const customer = (code: string, present: bigint, simulated: bigint): SimulatedCustomer => ({
  customer: code,
  quantity: 1n,
  present,
  simulated,
  difference: simulated - present,
});

function simulatedOf(customers: readonly SimulatedCustomer[], rest: Partial<SimulatedMonths> = {}): SimulatedMonths {
  const sum = (part: 'present' | 'simulated' | 'difference') => customers.reduce((all, one) => all + one[part], 0n);
  const total = { present: sum('present'), simulated: sum('simulated'), difference: sum('difference') };
  const simulations = [{ period: '2026-10' as BillingPeriod, rows: [], total }];
  return { customers, total, simulations, assumptions: [], asOf: jst('2026-11-22T12:00:00'), ...rest };
}

/** All that is written in the picture, as a reader of XML has it. */
const textsOf = (svg: string): string =>
  execFileSync('xmllint', ['--nonet', '--xpath', 'string(/)', '-'], { input: svg, encoding: 'utf8' });

it('says in words what the bars show, for those who cannot see them', () => {
  const svg = simulationChart(
    simulatedOf([customer('pf-a', 0n, 1_234_567n)], {
      assumptions: [
        { kind: 'fee_resumes', on: jst('2026-10-01T00:00:00') },
        { kind: 'crl_instead_of_ocsp', from: jst('2026-10-16T00:00:00') },
        {
          kind: 'price_replaced',
          tariffId: 'ocsp-signature',
          price: { kind: 'graduated', pooled: true, tiers: [{ upTo: 1_000n, unitPrice: 20n }, { unitPrice: 7n }] },
        },
      ],
    }),
  );
  expect(svg).toContain('role="img" aria-labelledby="title description" xml:lang="ja"');
  const texts = textsOf(svg);
  for (const text of [
    '手数料の試算　2026年10月',
    '2026-10-01 から手数料を徴収（すべての減免が終了）',
    '2026-10-16 から OCSP に代えて CRL を利用',
    '料金表 ocsp-signature を変更：段階制・乗合い（1,000件まで 20円、以降 7円）',
    'pf-a：現行 0円、試算 1,234,567円、差額 +1,234,567円',
    '2026-11-22 12:00:00 JST までに集計した利用による。',
  ]) {
    expect(texts).toContain(text);
  }
});

it('is drawn for nobody, for nothing and for more customers than there is room for', () => {
  expect(textsOf(simulationChart(simulatedOf([])))).toContain('利用がありません');
  expect(textsOf(simulationChart(simulatedOf([], { asOf: undefined })))).toContain('まだ集計されていない');
  expect(textsOf(simulationChart(simulatedOf([customer('pf-a', 0n, 0n)])))).toContain('差額 ±0円');
  const many = Array.from({ length: 30 }, (_, index) => customer(`pf-${index}`, BigInt(index), 0n));
  const texts = textsOf(simulationChart(simulatedOf(many)));
  expect(texts).toContain('pf-29：現行 29円、試算 0円、差額 −29円');
  expect(texts).toContain('その他 7 社：現行 21円、試算 0円、差額 −21円');
  expect(texts).not.toContain('pf-6：');
});

it('is well-formed whatever customers are called', () => {
  const svg = simulationChart(simulatedOf([customer(`<&"'>]]>`, 1n, 2n)]));
  expect(textsOf(svg)).toContain(`<&"'>]]>：現行`);
});

it('has a scale that holds every amount, zero and few ticks', () => {
  const amount = fc.bigInt(-(10n ** 15n), 10n ** 15n);
  fc.assert(
    fc.property(fc.array(amount, { maxLength: 10 }), (amounts) => {
      const { ticks, position } = yenScale(amounts, 434);
      expect(ticks.length).toBeLessThanOrEqual(8);
      expect(ticks.some(({ yen }) => yen === 0)).toBe(true);
      for (const yen of amounts) {
        expect(position(yen)).toBeGreaterThanOrEqual(0);
        expect(position(yen)).toBeLessThanOrEqual(434);
      }
      const sorted = amounts.toSorted((one, other) => (one < other ? -1 : 1)).map(position);
      expect(sorted).toEqual(sorted.toSorted((one, other) => one - other));
    }),
  );
});

it('labels ticks in the unit that fits', () => {
  const labels = (most: bigint) => yenScale([most], 100).ticks.map(({ label }) => label);
  expect(labels(100n)).toEqual(['0', '20円', '40円', '60円', '80円', '100円']);
  expect(labels(45_000n)).toEqual(['0', '1万円', '2万円', '3万円', '4万円', '5万円']);
  expect(labels(200_000_000n)).toEqual(['0', '0.5億円', '1億円', '1.5億円', '2億円']);
});
