import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandLine, type Outcome } from '../testing/command-line.ts';
import { FakeService, surroundingsOf } from '../testing/fake-service.ts';

let service: FakeService;
let run: (...args: string[]) => Promise<Outcome>;
beforeAll(async () => {
  service = await FakeService.start();
  run = commandLine({
    ...surroundingsOf(service),
    stdin: '{"kind":"graduated","tiers":[{"upTo":"1000","unitPrice":"20"},{"unitPrice":"7"}]}',
  });
});
afterAll(() => service.close());

const jst = (day: string): number => Date.parse(`${day}T00:00:00+09:00`);
const bodies = (): unknown[] => service.seen.map(({ path, body }) => [path, JSON.parse(body.toString()) as object]);
const unit = { kind: 'unit', unitPrice: '20' };
const tariff = {
  id: 't1',
  scope: { channel: 'ocsp' },
  price: unit,
  taxCategory: 'non_taxable',
  validFrom: jst('2023-01-01'),
  recordedAt: 5,
};

const FROM = ['--from', '2027-04-01'];
const TAX = ['--tax-category', 'standard'];

describe('prices', () => {
  it('are said in a dry run, and not sent', async () => {
    service.answer(() => ({ status: 500, body: {} }));
    const outcome = await run('tariff', 'add', 't1', ...FROM, '--unit-price', '20', ...TAX, '--dry-run');
    expect(outcome).toMatchObject({ exitCode: 0, stderr: 'This would be sent. Nothing was sent.\n' });
    expect(JSON.parse(outcome.stdout)).toMatchObject({ id: 't1', price: unit });
    expect(service.seen).toEqual([]);
  });

  it.each<[string[], object]>([
    [['--unit-price', '20'], unit],
    [['--unit-price', '30', '--first-check', 'year'], { kind: 'first_check', per: 'year', unitPrice: '30' }],
    [
      ['--tiers', '1000:20,7', '--volume'],
      { kind: 'volume', tiers: [{ upTo: '1000', unitPrice: '20' }, { unitPrice: '7' }] },
    ],
    [['--tiers', '7', '--pooled'], { kind: 'graduated', tiers: [{ unitPrice: '7' }], pooled: true }],
  ])('are of any kind: %j', async (options, price) => {
    const { stdout } = await run('tariff', 'add', 't1', ...FROM, ...options, ...TAX, '--dry-run');
    expect((JSON.parse(stdout) as { price: unknown }).price).toEqual(price);
  });

  it.each([
    ['--unit-price', '1', '--tiers', '7'],
    ['--first-check', 'month'],
    ['--tiers', '1000:20'],
    ['--tiers', '1000:20,7,5'],
    ['--tiers', '7', '--first-check', 'month'],
    ['--pooled'],
    ['--unit-price', '0.5'],
  ])('are refused when they contradict themselves: %s %s %s %s', async (...options) => {
    const given = options.filter((option) => option !== undefined);
    expect((await run('tariff', 'add', 't1', ...FROM, ...TAX, ...given, '--dry-run')).exitCode).toBe(2);
  });

  it('are recorded from midnight in Japan', async () => {
    service.answer(() => ({ status: 201, body: {} }));
    const from = ['--from', '2027-04-01'];
    await run(
      'tariff',
      'add',
      't1',
      ...from,
      '--unit-price',
      '20',
      '--class',
      'signature',
      '--tax-category',
      'standard',
    );
    await run('waiver', 'add', 'w1', ...from, '--to', '2028-04-01', '--ground-ja', '通知', '--ground-en', 'Notice');
    await run('waiver', 'end', 'w1', '--to', '2027-10-01');
    await run('commitment', 'add', 'c1', ...from, '--customer', 'pf', '--cap', '9000', '--tax-category', 'standard');
    await run('resale', 'tariff', 'add', 'm1', ...from, '--customer', 'sp', '--unit-price', '3', ...TAX);
    const validFrom = jst('2027-04-01');
    expect(bodies()).toEqual([
      [
        '/tariffs',
        { id: 't1', scope: { certificateClass: 'signature' }, validFrom, price: unit, taxCategory: 'standard' },
      ],
      [
        '/waivers',
        {
          id: 'w1',
          scope: {},
          validFrom,
          validTo: jst('2028-04-01'),
          legalGround: { ja: '通知', en: 'Notice' },
        },
      ],
      ['/waivers/w1/end', { validTo: jst('2027-10-01') }],
      [
        '/commitments',
        { id: 'c1', scope: { customer: 'pf' }, validFrom, kind: 'cap', amount: '9000', taxCategory: 'standard' },
      ],
      [
        '/resale/tariffs',
        {
          id: 'm1',
          scope: { customer: 'sp' },
          validFrom,
          price: { kind: 'unit', unitPrice: '3' },
          taxCategory: 'standard',
        },
      ],
    ]);
    expect(service.seen.map(({ caller }) => caller)).toEqual(['office', 'office', 'office', 'office', 'pf']);
  });

  it('are corrected by what the options say, on the revision that stands', async () => {
    service.answer(({ method, path }) =>
      method === 'POST'
        ? { status: 201, body: {} }
        : path.includes('cursor')
          ? { body: { items: [{ ...tariff, recordedAt: 9 }] } }
          : { body: { items: [tariff], next: 'abc' } },
    );
    const outcome = await run('tariff', 'correct', 't1', '--unit-price', '21', '--reason', '誤記');
    expect(outcome.exitCode).toBe(0);
    expect(service.seen.map(({ path }) => path)).toEqual([
      '/tariffs/t1/revisions',
      '/tariffs/t1/revisions?cursor=abc',
      '/tariffs/t1/revisions',
    ]);
    const { id: _id, recordedAt: _recordedAt, ...stands } = tariff;
    expect(JSON.parse(service.seen[2]!.body.toString())).toEqual({
      ...stands,
      price: { kind: 'unit', unitPrice: '21' },
      replaces: 9,
      reason: '誤記',
    });
  });

  it('lose an end that was a mistake', async () => {
    service.answer(() => ({ body: { items: [{ ...tariff, validTo: jst('2027-01-01') }] } }));
    const correct = ['tariff', 'correct', 't1', '--reason', '誤記', '--dry-run'];
    expect(JSON.parse((await run(...correct)).stdout)).toHaveProperty('validTo', jst('2027-01-01'));
    expect(JSON.parse((await run(...correct, '--open-ended')).stdout)).not.toHaveProperty('validTo');
  });

  it('are not sent before they are whole', async () => {
    const outcome = await run('tariff', 'add', 't1');
    expect([outcome.exitCode, outcome.stderr]).toEqual([
      2,
      'kakunin: A new tariff needs --from, --unit-price or --tiers, --tax-category.\n',
    ]);
    expect((await run('waiver', 'add', 'w1', ...FROM)).stderr).toContain('needs --ground-ja and --ground-en');
    expect((await run('commitment', 'add', 'c1', ...FROM, ...TAX)).stderr).toContain('needs --minimum or --cap');
  });

  it('are listed as they were known', async () => {
    const tiers = [{ upTo: '1000', unitPrice: '20' }, { unitPrice: '7' }];
    service.answer(() => ({ body: { items: [{ ...tariff, price: { kind: 'graduated', pooled: true, tiers } }] } }));
    const { stdout } = await run('tariff', 'list', '--known-at', '2026-04-01');
    expect(stdout).toMatch(/t1 +ocsp +2023-01-01 +graduated, pooled ≤1,000 20, then 7 +non_taxable/);
    expect(service.seen[0]!.path).toBe(`/tariffs?knownAt=${jst('2026-04-01')}`);
    const legalGround = { ja: '当分の間', en: 'for now' };
    service.answer(() => ({ body: { items: [{ ...tariff, id: 'w1', legalGround }] } }));
    expect((await run('waiver', 'list')).stdout).toMatch(/w1 +ocsp +2023-01-01 +当分の間 \/ for now/);
    expect((await run('waiver', 'revisions', 'w1')).stdout).toMatch(/1970-01-01 09:00:00 JST +w1/);
  });
});

describe('billing simulate', () => {
  const amounts = { present: '0', simulated: '1234', difference: '1234' };
  const answer = { customers: [{ customer: 'pf', quantity: '60', ...amounts }], total: amounts };

  it('asks what the options assume, prints a table, and saves the chart', async () => {
    service.answer(({ path }) => ({ body: path.endsWith('svg') ? '<svg/>' : answer }));
    const chart = join(tmpdir(), `kakunin-chart-${process.pid}.svg`);
    const assumed = ['--fee-resumes', '2026-10-01', '--waiver', 'w1', '--crl-from', '2026-10-16', '--price', 't1=-'];
    const { exitCode, stdout } = await run('billing', 'simulate', '2026-10', '2026-11', ...assumed, '--chart', chart);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/pf +60 +0 +1,234 +1,234\n合計 total +60 +0 +1,234 +1,234\n$/);
    expect(readFileSync(chart, 'utf8')).toBe('<svg/>');
    const tiers = [{ upTo: '1000', unitPrice: '20' }, { unitPrice: '7' }];
    const question = {
      periods: ['2026-10', '2026-11'],
      assumptions: [
        { kind: 'fee_resumes', on: jst('2026-10-01'), waiverId: 'w1' },
        { kind: 'crl_instead_of_ocsp', from: jst('2026-10-16') },
        { kind: 'price_replaced', tariffId: 't1', price: { kind: 'graduated', tiers } },
      ],
    };
    expect(bodies()).toEqual([
      ['/simulations?format=svg', question],
      ['/simulations?format=json', question],
    ]);
  });

  it('hands csv and json through', async () => {
    service.answer(({ path }) => ({ body: path }));
    expect((await run('billing', 'simulate', '2026-10', '-o', 'csv')).stdout).toBe('/simulations?format=csv');
    expect((await run('billing', 'simulate', '2026-10', '-o', 'json')).stdout).toBe('/simulations?format=json');
  });

  it.each([
    ['2026-13'],
    ['2026-10', '--waiver', 'w1'],
    ['2026-10', '--price', 't1'],
    ['2026-10', '--price', 't1=ca.pem'],
    ['2026-10', '--fee-resumes', '2026-02-30'],
  ])('refuses %s %s %s', async (...args) => {
    expect((await run('billing', 'simulate', ...args.filter((arg) => arg !== undefined))).exitCode).toBe(2);
  });
});

describe('resale show', () => {
  it('shows fee and margin of each service provider, as the PF provider', async () => {
    const totals = { quantity: '1000', passThrough: '20000', margin: '3000', amountDue: '23000' };
    service.answer(() => ({ body: { state: 'open', statements: [{ customer: 'sp', totals }] } }));
    expect((await run('resale', 'show', '2026-10')).stdout).toMatch(/sp +1,000 +20,000 +3,000 +23,000\n$/);
    expect(service.seen[0]).toMatchObject({ path: '/resale/2026-10', caller: 'pf' });
    service.answer(({ path }) => ({ body: path }));
    expect((await run('resale', 'show', '2026-10', '-o', 'csv')).stdout).toBe('/resale/2026-10?format=csv');
  });
});
