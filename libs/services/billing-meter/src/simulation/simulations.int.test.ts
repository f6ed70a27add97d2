import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { MeterUnderTest } from '../testing/meter-under-test.ts';
import { parseCsv } from '../testing/parse-csv.ts';
import { jst, usageEvent } from '../testing/usage-events.ts';
import { simulationSchema } from './schemas.ts';

const day = (date: string): number => jst(`${date}T00:00:00`);
const october = (time: string, rest = {}) => usageEvent({ time: jst(`2026-10-${time}`), ...rest });
const feeResumes = { kind: 'fee_resumes', on: day('2026-10-16') };

let meter: MeterUnderTest;
beforeAll(async () => {
  meter = await MeterUnderTest.start();
  const other = { platformProvider: 'pf-b', serviceProvider: 'sp-b' };
  await meter.send([
    october('15T23:59:59.999'),
    october('16T00:00:00.000'),
    october('16T00:00:00.000', { certificateClass: 'user-authentication' }),
    october('31T23:59:59.999', other),
    october('31T23:59:59.999', { ...other, outcome: 'unknown' }),
    usageEvent({ time: jst('2026-11-01T00:00:00.000') }),
  ]);
  const counted = async () => expect((await meter.get('/billing/2026-11', 'finance')).body).toContain('"quantity":"1"');
  await vi.waitFor(counted, { timeout: 20_000, interval: 100 });
});
afterAll(() => meter.stop());

const simulate = async (body: object, { caller = 'finance', format = 'json' } = {}) =>
  meter.post(`/simulations?format=${format}`, caller, body);
const simulated = async (body: object, caller?: string) => {
  const { status, body: text } = await simulate(body, caller === undefined ? {} : { caller });
  expect(status).toBe(200);
  return simulationSchema.parse(JSON.parse(text));
};
const problem = async (body: object, caller?: string) => {
  const answer = await simulate(body, caller === undefined ? {} : { caller });
  return [answer.status, (JSON.parse(answer.body) as { code: string }).code];
};

describe('a simulation', () => {
  it('shows what a month costs when the fee resumes within it, to the midnight in Japan', async () => {
    const answer = await simulated({ period: '2026-10', assumptions: [feeResumes] });
    expect(answer.customers).toEqual([
      { customer: 'pf-a', quantity: '3', present: '0', simulated: '22', difference: '22' },
      { customer: 'pf-b', quantity: '1', present: '0', simulated: '20', difference: '20' },
    ]);
    expect(answer.total).toEqual({ present: '0', simulated: '42', difference: '42' });
    expect(answer.simulations[0]?.rows[0]).toMatchObject({ customer: 'pf-a', serviceProvider: 'sp-a' });
    expect(answer.asOf).toBe('2026-11-22T12:00:00.000+09:00');
  });

  it('adds months up, with CRLs from a day on and another price', async () => {
    const graduated = {
      kind: 'graduated',
      tiers: [{ upTo: '1', unitPrice: '999999999999' }, { unitPrice: '0' }],
    };
    const assumptions = [
      { kind: 'fee_resumes', on: day('2026-10-01'), waiverId: 'ocsp-fee-waiver' },
      { kind: 'crl_instead_of_ocsp', from: day('2026-10-31') },
      { kind: 'price_replaced', tariffId: 'ocsp-signature', price: graduated },
    ];
    const answer = await simulated({ periods: ['2026-11', '2026-10', '2026-10'], assumptions });
    expect(answer.simulations.map(({ period, total }) => [period, total.simulated])).toEqual([
      ['2026-10', '1000000000001'],
      ['2026-11', '0'],
    ]);
    expect(answer.total.simulated).toBe('1000000000001');
    expect(answer.assumptions).toEqual(assumptions);
  });

  it('shows a platform provider itself, by prices that concern it', async () => {
    const secret = { id: 'only-pf-b', scope: { customer: 'pf-b' }, validFrom: day('2026-10-01') };
    const least = { ...secret, kind: 'minimum', amount: '5000', taxCategory: 'non_taxable' };
    expect((await meter.post('/commitments', 'finance', least)).status).toBe(201);
    const request = { period: '2026-10', assumptions: [feeResumes] };
    expect((await simulated(request, 'pf-a')).customers.map(({ customer }) => customer)).toEqual(['pf-a']);
    expect((await simulated(request, 'pf-b')).customers).toEqual([
      { customer: 'pf-b', quantity: '1', present: '5000', simulated: '5000', difference: '0' },
    ]);
    const price = { kind: 'unit', unitPrice: '1' };
    const hidden = { ...secret, id: 'hidden', price, taxCategory: 'non_taxable', validFrom: day('2027-01-01') };
    expect((await meter.post('/tariffs', 'finance', hidden)).status).toBe(201);
    const replaced = { period: '2026-10', assumptions: [{ kind: 'price_replaced', tariffId: 'hidden', price }] };
    expect(await problem(replaced, 'pf-a')).toEqual([400, 'unknown_id']);
    expect((await simulated(replaced, 'pf-b')).total.difference).toBe('0');
  });

  it('is a table and a picture as well', async () => {
    const request = { period: '2026-10', assumptions: [feeResumes] };
    const csv = await simulate(request, { format: 'csv', caller: 'operator' });
    expect(csv.headers['content-type']).toBe('text/csv; charset=utf-8');
    expect(csv.body.startsWith('\uFEFF')).toBe(true);
    expect(parseCsv(csv.body.slice(1))[0]).toEqual({
      billing_period: '2026-10',
      customer: 'pf-a',
      service_provider: 'sp-a',
      quantity: '3',
      present: '0',
      simulated: '22',
      difference: '22',
    });
    const svg = await simulate(request, { format: 'svg' });
    expect(svg.headers['content-type']).toBe('image/svg+xml; charset=utf-8');
    expect(svg.body).toContain('2026-10-16 から手数料を徴収');
  });

  it.each([
    ['a month that is none', { period: '2026-13', assumptions: [] }, 'invalid_request'],
    ['no month', { assumptions: [] }, 'invalid_request'],
    ['a month and months', { period: '2026-10', periods: ['2026-10'], assumptions: [] }, 'invalid_request'],
    ['an assumption that it does not know', { period: '2026-10', assumptions: [{ kind: 'free' }] }, 'invalid_request'],
    [
      'a fee that resumes at noon',
      { period: '2026-10', assumptions: [{ ...feeResumes, on: day('2026-10-16') + 1 }] },
      'invalid_validity',
    ],
    [
      'CRLs from noon on',
      { period: '2026-10', assumptions: [{ kind: 'crl_instead_of_ocsp', from: day('2026-10-16') + 1 }] },
      'invalid_validity',
    ],
    [
      'a waiver that there is not',
      { period: '2026-10', assumptions: [{ ...feeResumes, waiverId: 'none' }] },
      'unknown_id',
    ],
  ])('refuses %s', async (_what, body, code) => {
    expect(await problem(body)).toEqual([400, code]);
  });

  it('does not invent first checks that nobody counted', async () => {
    const price = { kind: 'first_check', per: 'month', unitPrice: '1' };
    const assumptions = [{ kind: 'price_replaced', tariffId: 'ocsp-signature', price }];
    expect(await problem({ period: '2026-10', assumptions })).toEqual([409, 'first_checks_not_counted']);
  });

  it('is for those who may see money, and leaves a trace', async () => {
    expect((await simulate({ period: '2026-10', assumptions: [] }, { caller: 'ca' })).status).toBe(403);
    const { rows } = await meter.database.query<{ subject: object }>(
      `SELECT subject FROM audit_entry WHERE action = 'simulation.run' AND caller = 'pf-a' ORDER BY id`,
    );
    expect(rows[0]?.subject).toEqual({
      periods: ['2026-10'],
      assumptions: [feeResumes],
      format: 'json',
      customer: 'pf-a',
    });
  });
});
