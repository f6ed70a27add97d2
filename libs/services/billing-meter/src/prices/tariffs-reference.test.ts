import { readFileSync } from 'node:fs';
import {
  type Commitment,
  CONSUMPTION_TAX_RATES,
  differenceOf,
  PriceList,
  type RatableCount,
  rateUsage,
  type Tariff,
  taxOf,
  totalsOf,
  type Waiver,
} from '@kakunin/billing';
import type { BillingPeriod } from '@kakunin/calendar';
import { describe, expect, it } from 'vitest';
import { jst } from '../testing/usage-events.ts';
import { RESALE_COLUMNS } from '../resale/resale-csv.ts';
import { SIMULATION_COLUMNS } from '../simulation/simulation-csv.ts';
import { priceFrom } from './convert.ts';
import { priceSchema } from './schemas.ts';

const reference = readFileSync(new URL('../../../../../docs/reference/tariffs.md', import.meta.url), 'utf8');
const period = '2026-11' as BillingPeriod;
const since = { scope: {}, validFrom: jst('2026-01-01T00:00:00'), recordedAt: 0 };

/** `1,500` → 1500n, `−5,000` → -5000n. */
const figure = (text: string): bigint => BigInt(text.replaceAll(',', '').replace('−', '-').replace('+', ''));
/** Sums and differences of products. */
const calculated = (text: string): bigint =>
  text
    .split(/(?= [+−] )/)
    .map((term) => {
      const product = term.replace(/^ [+−] /, '').split(' × ');
      const value = product.reduce((result, factor) => result * figure(factor), 1n);
      return term.startsWith(' −') ? -value : value;
    })
    .reduce((sum, value) => sum + value, 0n);

const sectionOf = (title: string): string =>
  reference.split(/^##+ /m).find((section) => section.startsWith(title)) ?? '';
const rowsOf = (section: string): Record<string, string>[] => {
  const [head = [], , ...rows] = section
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim().replaceAll('`', '')),
    );
  return rows.map((row) => Object.fromEntries(head.map((name, index) => [name, row[index] ?? ''])));
};
const cell = (row: Record<string, string>, name: string): string => {
  const text = row[name];
  if (text === undefined) throw new Error(`no column ${name}`);
  return text;
};

const tariff = (price: Tariff['price']): Tariff => ({ id: 'fee', price, taxCategory: 'standard', ...since });
const twenty = tariff({ kind: 'unit', unitPrice: 20n });
const usage = (serviceProvider: string, quantity: bigint, firstChecks = 0n): RatableCount => ({
  time: jst('2026-11-15T12:00:00'),
  platformProvider: 'pf-a',
  serviceProvider,
  certificateClass: 'signature',
  carrier: 'card',
  channel: 'ocsp',
  purpose: 'signature_verification',
  outcome: 'good',
  quantity,
  firstChecks: { month: firstChecks, year: firstChecks },
});

describe('docs/reference/tariffs.md', () => {
  it.each(['`unit`', '`graduated`', '`volume`', '`"pooled": true`', '`first_check`'])('%s', (title) => {
    const section = sectionOf(title);
    const [, json = ''] = /```json\n(.+)\n```/.exec(section) ?? [];
    const prices = new PriceList([tariff(priceFrom(priceSchema.parse(JSON.parse(json))))], []);
    const rows = rowsOf(section);
    const counts = rows.map((row) =>
      usage(cell(row, 'service provider'), figure(cell(row, 'checks')), figure(row['first checks'] ?? '0')),
    );
    const lines = rateUsage({ counts, prices, period });
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) {
      const own = lines.filter(({ serviceProvider }) => serviceProvider === cell(row, 'service provider'));
      expect([calculated(cell(row, 'by hand')), totalsOf(own).amountDue]).toEqual(
        Array.from({ length: 2 }, () => figure(cell(row, 'yen'))),
      );
    }
  });

  it('waivers', () => {
    const waiver: Waiver = { id: 'free', legalGround: { ja: '根拠', en: 'ground' }, ...since };
    for (const row of rowsOf(sectionOf('Waivers'))) {
      const counts = [usage(cell(row, 'service provider'), figure(cell(row, 'checks')))];
      const { listAmount, waiverAmount, amountDue } = totalsOf(
        rateUsage({ counts, prices: new PriceList([twenty], [waiver]), period }),
      );
      expect([listAmount, waiverAmount, amountDue]).toEqual(
        ['list', 'waiver', 'due'].map((name) => figure(cell(row, name))),
      );
    }
  });

  it('minimum and cap', () => {
    const commitment = (kind: Commitment['kind'], amount: bigint): Commitment => ({
      id: kind,
      kind,
      amount,
      taxCategory: 'standard',
      ...since,
    });
    const prices = new PriceList([twenty], [], [commitment('minimum', 10_000n), commitment('cap', 25_000n)]);
    const rows = rowsOf(sectionOf('Minimum'));
    expect(rows).toHaveLength(3);
    for (const row of rows) {
      const lines = rateUsage({ counts: [usage('sp-a', figure(cell(row, 'checks')))], prices, period });
      for (const kind of ['usage', 'minimum', 'cap'] as const)
        expect(totalsOf(lines.filter((line) => line.kind === kind)).amountDue).toBe(figure(cell(row, kind)));
      expect(totalsOf(lines).amountDue).toBe(figure(cell(row, 'due')));
    }
  });

  it.each([
    ['Resale', RESALE_COLUMNS],
    ['Simulations', SIMULATION_COLUMNS],
  ] as const)('has every column of the CSV of %s in both languages', (title, columns) => {
    for (const { name, title: titles } of columns) {
      expect(sectionOf(title)).toContain(`\`${name}\``);
      expect(sectionOf(title)).toContain(titles.ja);
    }
  });

  it('tax and late usage', () => {
    const lines = (price: Tariff, quantity: bigint) =>
      rateUsage({ counts: [usage('sp-a', quantity)], prices: new PriceList([price], []), period });
    expect(sectionOf('Tax')).toContain('105 yen × 3 = 315, of which 10 % are 31.5, rounded down 31.');
    const rule = { rates: CONSUMPTION_TAX_RATES, rounding: 'floor' } as const;
    expect(taxOf(lines(tariff({ kind: 'unit', unitPrice: 105n }), 3n), rule).taxAmount).toBe(31n);
    const [, json = ''] = /```json\n(.+)\n```/.exec(sectionOf('`volume`')) ?? [];
    const volume = tariff(priceFrom(priceSchema.parse(JSON.parse(json))));
    expect(reference).toMatch(
      /1,000\s+checks were billed at 20,000; .* 15,015, and the next statement gives 4,985 back/,
    );
    expect(totalsOf(differenceOf(lines(volume, 1_001n), lines(volume, 1_000n))).amountDue).toBe(-4_985n);
  });
});
