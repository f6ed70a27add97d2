import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { ClosingScene } from '../testing/closing-scene.ts';
import { parseCsv } from '../testing/parse-csv.ts';
import { jst, usageEvent } from '../testing/usage-events.ts';
import { resoldMonthSchema } from './schemas.ts';

let scene: ClosingScene;
beforeAll(async () => void (scene = await ClosingScene.open()));
afterAll(() => scene.close());

const at = (text: string, rest: Parameters<typeof usageEvent>[0] = {}) => usageEvent({ time: jst(text), ...rest });
const day = (date: string): number => jst(`${date}T00:00:00`);
const call = async (path: string, body: object, caller = 'pf-a') => {
  const answer = await scene.meter.post(path, caller, body);
  return [answer.status, (JSON.parse(answer.body) as { code?: string }).code];
};
const margin = (id: string, unitPrice: string, rest = {}) => ({
  id,
  scope: {},
  price: { kind: 'unit', unitPrice },
  taxCategory: 'standard',
  validFrom: day('2026-10-01'),
  ...rest,
});

const resold = async (period: string, caller = 'pf-a') =>
  resoldMonthSchema.parse(await scene.get(`/resale/${period}`, caller));
type Month = z.infer<typeof resoldMonthSchema>;
const linesOf = ({ statements }: Month) =>
  statements.flatMap(({ customer, lines }) =>
    lines.map(({ charge, usagePeriod, quantity, amountDue }) => [customer, charge, usagePeriod, quantity, amountDue]),
  );

describe('resale', () => {
  it('has prices that its platform provider alone sees and sets', async () => {
    expect(await call('/resale/tariffs', margin('on-top', '3'))).toEqual([201, undefined]);
    expect(await call('/resale/tariffs', margin('for-b', '5', { scope: { customer: 'sp-b' } }))).toEqual([
      201,
      undefined,
    ]);
    expect(await call('/resale/tariffs', margin('on-top', '9'), 'pf-b')).toEqual([201, undefined]);
    const ids = async (caller: string) =>
      (await scene.get<{ items: { id: string; price: object }[] }>('/resale/tariffs', caller)).items;
    expect((await ids('pf-a')).map(({ id }) => id)).toEqual(['for-b', 'on-top']);
    expect(await ids('pf-b')).toMatchObject([{ id: 'on-top', price: { unitPrice: '9' } }]);
    for (const caller of ['finance', 'operator', 'ca']) {
      expect((await scene.meter.get('/resale/tariffs', caller)).status).toBe(403);
      expect((await scene.meter.get('/resale/2026-10', caller)).status).toBe(403);
      expect(await call('/resale/tariffs', margin('mine', '1'), caller)).toEqual([403, 'forbidden']);
    }
    expect((await scene.meter.get('/tariffs', 'finance')).body).not.toContain('on-top');
    expect((await scene.meter.get('/tariffs/on-top/revisions', 'finance')).status).toBe(404);
    const other = { ...margin('other', '1'), scope: { serviceProvider: 'sp-a' } };
    expect(await call('/resale/tariffs', other)).toEqual([400, 'invalid_request']);
    expect(await call('/resale/tariffs', margin('again', '1'))).toEqual([409, 'tariff_overlap']);
  });

  it('shows fee and margin of each service provider while the month is open', async () => {
    scene.meter.now = jst('2026-11-01T09:00:00');
    const own = { serviceProvider: '' };
    await scene.record([
      at('2026-10-01T00:00:00.000'),
      at('2026-10-31T23:59:59.999'),
      at('2026-10-10T12:00:00', { serviceProvider: 'sp-b' }),
      at('2026-10-10T12:00:00', own),
      at('2026-10-10T12:00:00', { platformProvider: 'pf-b', serviceProvider: 'sp-c' }),
      at('2026-11-01T00:00:00.000'),
    ]);
    const month = await resold('2026-10');
    expect(month.state).toBe('open');
    expect(linesOf(month)).toEqual([
      ['sp-a', 'pass_through', '2026-10', '2', '210'],
      ['sp-a', 'margin', '2026-10', '2', '6'],
      ['sp-b', 'pass_through', '2026-10', '1', '105'],
      ['sp-b', 'margin', '2026-10', '1', '5'],
    ]);
    expect(month.statements[0]?.totals).toMatchObject({
      quantity: '2',
      passThrough: '210',
      margin: '6',
      amountDue: '216',
    });
    expect(linesOf(await resold('2026-10', 'pf-b'))).toEqual([
      ['sp-c', 'pass_through', '2026-10', '1', '105'],
      ['sp-c', 'margin', '2026-10', '1', '9'],
    ]);
    const csv = await scene.meter.get('/resale/2026-10?format=csv', 'pf-a');
    const rows = parseCsv(csv.body.slice(1));
    expect(rows.map((row) => [row['service_provider'], row['charge'], row['tariff_id'], row['amount_due']])).toEqual([
      ['sp-a', 'pass_through', 'fee-pf-a', '210'],
      ['sp-a', 'margin', 'on-top', '6'],
      ['sp-b', 'pass_through', 'fee-pf-a', '105'],
      ['sp-b', 'margin', 'for-b', '5'],
    ]);
  });

  it('is frozen with the statement: fees and margins stay, whatever is recorded afterwards', async () => {
    await scene.closeMonth('2026-10');
    const months = await Promise.all(Array.from({ length: 5 }, () => resold('2026-10')));
    const [month] = months;
    expect(new Set(months.map((one) => JSON.stringify(one))).size).toBe(1);
    expect(month?.state).toBe('closed');
    const [stands] = (await scene.get<{ items: { recordedAt: number }[] }>('/resale/tariffs/on-top/revisions', 'pf-a'))
      .items;
    const { id: _id, ...terms } = margin('on-top', '4');
    const corrected = { ...terms, replaces: stands?.recordedAt, reason: '誤記' };
    expect(await call('/resale/tariffs/on-top/revisions', corrected)).toEqual([201, undefined]);
    await scene.record([at('2026-10-20T12:00:00'), at('2026-10-20T12:00:00', { serviceProvider: 'sp-d' })]);
    expect(await resold('2026-10')).toEqual(month);
    const { rows } = await scene.meter.database.query(`SELECT number, period FROM resale_margin WHERE issuer = 'pf-a'`);
    expect(rows).toEqual([{ number: 1, period: '2026-10' }]);
    await expect(scene.meter.database.query(`DELETE FROM resale_margin`)).rejects.toMatchObject({ code: '23001' });
  });

  it('bills late usage next month, by the margin of its own month', async () => {
    scene.meter.now = jst('2026-12-01T09:00:00');
    await scene.record([]);
    await scene.closeMonth('2026-11');
    expect(linesOf(await resold('2026-11'))).toEqual([
      ['sp-a', 'pass_through', '2026-10', '1', '105'],
      ['sp-a', 'pass_through', '2026-11', '1', '105'],
      ['sp-a', 'margin', '2026-10', '1', '3'],
      ['sp-a', 'margin', '2026-11', '1', '4'],
      ['sp-d', 'pass_through', '2026-10', '1', '105'],
      ['sp-d', 'margin', '2026-10', '1', '3'],
    ]);
  });

  it('says a margin of 0 yen, and does not leave one out', async () => {
    const ended = await scene.meter.post('/resale/tariffs/on-top/end', 'pf-b', { validTo: day('2026-12-02') });
    expect(ended.status).toBe(200);
    scene.meter.now = jst('2026-12-03T09:00:00');
    await scene.record([at('2026-12-02T00:00:00.000', { platformProvider: 'pf-b', serviceProvider: 'sp-c' })]);
    const refused = await scene.meter.get('/resale/2026-12', 'pf-b');
    expect([refused.status, (JSON.parse(refused.body) as { code: string }).code]).toEqual([409, 'no_tariff']);
    const free = margin('free', '0', { validFrom: day('2026-12-02') });
    expect(await call('/resale/tariffs', free, 'pf-b')).toEqual([201, undefined]);
    expect(linesOf(await resold('2026-12', 'pf-b'))).toEqual([
      ['sp-c', 'pass_through', '2026-12', '1', '105'],
      ['sp-c', 'margin', '2026-12', '1', '0'],
    ]);
  });

  it('bills no late check twice, though two months are frozen at once', async () => {
    const late = () => at('2026-10-20T12:00:00');
    await scene.record([late()]);
    scene.meter.now = jst('2027-01-01T09:00:00');
    await scene.record([]);
    await scene.closeMonth('2026-12');
    await scene.record([late(), late()]);
    scene.meter.now = jst('2027-02-01T09:00:00');
    await scene.record([]);
    await scene.closeMonth('2027-01');
    const months = await Promise.all([resold('2027-01'), resold('2026-12'), resold('2026-11'), resold('2026-10')]);
    const october = months
      .flatMap(({ statements }) => statements.flatMap(({ lines }) => lines))
      .filter(({ usagePeriod }) => usagePeriod === '2026-10');
    const sum = (charge: string) =>
      october.filter((line) => line.charge === charge).reduce((total, { amountDue }) => total + BigInt(amountDue), 0n);
    expect(sum('pass_through')).toBe(105n * 8n);
    expect(sum('margin')).toBe(3n * 7n + 5n);
    expect(await Promise.all([resold('2027-01'), resold('2026-12')])).toEqual(months.slice(0, 2));
  });

  it('leaves a trace of who read it', async () => {
    const { rows } = await scene.meter.database.query<{ subject: object }>(
      `SELECT DISTINCT subject FROM audit_entry WHERE action = 'resale.read' AND caller = 'pf-b' AND subject->>'period' = '2026-12'`,
    );
    expect(rows).toEqual([{ subject: { period: '2026-12', format: 'json' } }]);
  });
});
