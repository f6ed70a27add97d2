import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MeterUnderTest } from '../testing/meter-under-test.ts';
import { parseCsv } from '../testing/parse-csv.ts';
import { jst, usageEvent } from '../testing/usage-events.ts';
import type { UsageQuantity } from './usage-query.ts';

let meter: MeterUnderTest;
const october = 'from=2026-10-01&to=2026-11-01';

beforeAll(async () => {
  meter = await MeterUnderTest.start();
  await meter.send([
    usageEvent({ time: jst('2026-09-30T23:59:59.999') }),
    usageEvent({ time: jst('2026-10-01T00:00:00.000') }),
    usageEvent({ time: jst('2026-10-01T00:59:59.999') }),
    usageEvent({ time: jst('2026-10-01T01:00:00.000'), outcome: 'unknown' }),
    usageEvent({ time: jst('2026-10-31T23:59:59.999'), serviceProvider: '' }),
    usageEvent({
      time: jst('2026-10-31T23:59:59.999'),
      platformProvider: 'pf-b',
      serviceProvider: '',
      carrier: 'smartphone',
    }),
    usageEvent({ time: jst('2026-11-01T00:00:00.000') }),
  ]);
});
afterAll(() => meter.stop());

interface Answer {
  readonly items: readonly UsageQuantity[];
  readonly next?: string;
}
const ask = async (query: string, caller = 'finance'): Promise<Answer> =>
  JSON.parse((await meter.get(`/usage?${query}`, caller)).body) as Answer;
const brief = ({ start, customer, serviceProvider, outcome, quantity }: UsageQuantity): string =>
  [start, customer, serviceProvider, outcome, quantity].join(' ');

describe('usage', () => {
  it('is counted by days of Tokyo, end excluded', async () => {
    const days = async (): Promise<string[]> => (await ask(october)).items.map(brief);
    await expect
      .poll(days, { timeout: 20_000 })
      .toEqual([
        '2026-10-01 pf-a sp-a good 2',
        '2026-10-01 pf-a sp-a unknown 1',
        '2026-10-31 pf-a  good 1',
        '2026-10-31 pf-b  good 1',
      ]);
  });

  it('is counted by hours and by months, with the same sum', async () => {
    expect((await ask(`${october}&by=hour`)).items.map(brief)).toEqual([
      '2026-10-01T00:00+09:00 pf-a sp-a good 2',
      '2026-10-01T01:00+09:00 pf-a sp-a unknown 1',
      '2026-10-31T23:00+09:00 pf-a  good 1',
      '2026-10-31T23:00+09:00 pf-b  good 1',
    ]);
    expect((await ask('from=2026-09-01&to=2027-01-01&by=month')).items.map(brief)).toEqual([
      '2026-09 pf-a sp-a good 1',
      '2026-10 pf-a  good 1',
      '2026-10 pf-a sp-a good 2',
      '2026-10 pf-a sp-a unknown 1',
      '2026-10 pf-b  good 1',
      '2026-11 pf-a sp-a good 1',
    ]);
  });

  it.each(['hour', 'day', 'month'])('comes by %s in pages that hold each row once', async (by) => {
    const all = (await ask(`${october}&by=${by}`)).items;
    const paged: UsageQuantity[] = [];
    let next: string | undefined = '';
    while (next !== undefined) {
      const page: Answer = await ask(`${october}&by=${by}&limit=1${next && `&cursor=${next}`}`);
      expect(page.items).toHaveLength(1);
      paged.push(...page.items);
      next = page.next;
    }
    expect(paged).toEqual(all);
  });

  it('is filtered by whatever it is counted by', async () => {
    const lengths = ['serviceProvider=', 'carrier=smartphone', 'outcome=unknown', 'customer=pf-b', 'authorityId=other'];
    const answers = await Promise.all(lengths.map((filter) => ask(`${october}&${filter}`)));
    expect(answers.map(({ items }) => items.length)).toEqual([2, 1, 1, 1, 0]);
  });

  it('shows a platform provider itself alone, whomever it asks for', async () => {
    for (const query of [october, `${october}&customer=pf-a`])
      expect((await ask(query, 'pf-b')).items.map(({ customer }) => customer)).toEqual(['pf-b']);
    expect((await meter.get(`/usage?${october}`, 'ca')).status).toBe(403);
  });

  it('is CSV that Excel opens, whole', async () => {
    const { headers, body } = await meter.get(`/usage?${october}&format=csv&limit=1`, 'finance');
    expect(headers['content-type']).toBe('text/csv; charset=utf-8');
    expect(body.startsWith('\uFEFFstart,customer,service_provider,')).toBe(true);
    const rows = parseCsv(body.slice(1));
    expect(rows.map((row) => row['quantity'])).toEqual(['2', '1', '1', '1']);
    expect(rows.at(-1)).toMatchObject({ start: '2026-10-31', customer: 'pf-b', carrier: 'smartphone' });
  });

  it.each([
    'from=2026-10-01',
    'from=2026-10-01&to=2026-10-01',
    'from=2026-10-32&to=2026-11-01',
    'from=2026-10-01&to=2026-11-02&by=hour',
    'from=2025-10-01&to=2026-11-02',
    `${october}&by=minute`,
    `${october}&cursor=${Buffer.from('["2026"]').toString('base64url')}`,
    `${october}&outcome=maybe`,
  ])('refuses %s', async (query) => {
    expect((await meter.get(`/usage?${query}`, 'finance')).status).toBe(400);
  });

  it('leaves a trace of who read it', async () => {
    await ask(`${october}&carrier=card`, 'pf-b');
    const { rows } = await meter.database.query<{ subject: object }>(
      `SELECT subject FROM audit_entry WHERE action = 'usage.read' AND caller = 'pf-b' ORDER BY id DESC LIMIT 1`,
    );
    expect(rows[0]?.subject).toMatchObject({ from: '2026-10-01', to: '2026-11-01', customer: 'pf-b', carrier: 'card' });
  });
});
