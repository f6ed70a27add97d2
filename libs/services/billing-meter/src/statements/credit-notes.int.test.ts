import { parseCreditNote } from '@kakunin/billing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ClosingScene } from '../testing/closing-scene.ts';
import { jst, usageEvent } from '../testing/usage-events.ts';

const FEE = { customer: 'pf-a', channel: 'ocsp', certificateClass: 'signature' };
const PATH = '/statements/2026-10/pf-a/credit-notes';
const reason = { ja: '試験の利用が含まれていた', en: 'tests were billed' };
const quantities = (...lines: [number, string][]) => ({
  reason,
  correction: { kind: 'quantities', lines: lines.map(([line, quantity]) => ({ line, quantity })) },
});

let scene: ClosingScene;
/** When the price was put right, epoch ms. */
let corrected: number;
beforeAll(async () => {
  scene = await ClosingScene.open();
  scene.meter.now = jst('2026-11-01T09:00:00');
  const time = jst('2026-10-15T12:00:00');
  await scene.record([
    ...Array.from({ length: 10 }, () => usageEvent({ time })),
    ...Array.from({ length: 4 }, () => usageEvent({ time, platformProvider: 'pf-b' })),
  ]);
  await scene.closeMonth('2026-10');
  scene.meter.now += 3_600_000;
  const { items } = await scene.get<{ items: { id: string; recordedAt: number }[] }>('/tariffs');
  for (const customer of ['pf-a', 'pf-b']) {
    await scene.post(`/tariffs/fee-${customer}/revisions`, {
      scope: { ...FEE, customer },
      price: { kind: 'unit', unitPrice: '95' },
      taxCategory: 'standard',
      validFrom: jst('2026-10-01T00:00:00'),
      replaces: items.find(({ id }) => id === `fee-${customer}`)?.recordedAt,
      reason: '単価の誤り',
    });
  }
  scene.meter.now += 3_600_000;
  corrected = scene.meter.now;
});
afterAll(() => scene.close());

const refusal = async (body: object, caller = 'finance', path = PATH): Promise<unknown> => {
  const answer = await scene.meter.post(path, caller, body);
  return [answer.status, (JSON.parse(answer.body) as { code: unknown }).code];
};
const issued = async (): Promise<readonly string[]> =>
  (await scene.get<{ items: { number: string }[] }>(PATH)).items.map(({ number }) => number);

it('is looked at first, and bears no number then', async () => {
  const note = await scene.post(PATH, { ...quantities([1, '8']), dryRun: true });
  expect(note).toMatchObject({ number: '', totals: { quantity: '-2', amountDue: '-210' }, tax: { taxAmount: '-21' } });
  expect(await issued()).toEqual([]);
});

it('names its statement, is numbered, and kept as it was signed', async () => {
  const note = await scene.post(PATH, quantities([1, '8']));
  expect(note).toMatchObject({
    number: 'R2026-000001',
    reason,
    basis: { kind: 'quantities' },
    statement: { period: '2026-10', customer: 'pf-a', number: expect.stringMatching(/^2026-00000[12]$/) as string },
    totals: { quantity: '-2', amountDue: '-210' },
  });
  const { rows } = await scene.meter.database.query<{ content: Buffer }>('SELECT content FROM credit_note');
  const [row] = rows;
  expect(row && parseCreditNote(row.content)).toMatchObject({ number: 'R2026-000001', totals: { amountDue: -210n } });
  expect(await scene.get('/statements/2026-10/pf-a', 'pf-a')).toMatchObject({
    totals: { amountDue: '1050' },
    creditNotes: ['R2026-000001'],
  });
  expect(await scene.get(PATH, 'pf-a')).toMatchObject({ items: [{ number: 'R2026-000001' }] });
});

it('takes what is wrong for wrong, and no number for it', async () => {
  expect(await refusal(quantities([1, '9']))).toEqual([400, 'unknown_line']);
  expect(await refusal(quantities([2, '0']))).toEqual([400, 'unknown_line']);
  expect(await refusal(quantities([1, '8']))).toEqual([409, 'not_a_credit']);
  expect(await refusal(quantities([1, '-1']))).toEqual([400, 'invalid_request']);
  expect(await refusal({ ...quantities([1, '1']), reason: { ja: '' } })).toEqual([400, 'invalid_request']);
  expect(await refusal({ reason, correction: { kind: 'prices', knownAt: corrected } })).toEqual([409, 'other_basis']);
  expect(await refusal(quantities([1, '1']), 'finance', PATH.replace('10', '07'))).toEqual([404, 'not_found']);
  for (const caller of ['pf-a', 'operator', 'ca'])
    expect((await scene.meter.post(PATH, caller, quantities([1, '1']))).status).toBe(403);
});

it('of two at once gives back what is left, once', async () => {
  const both = await Promise.all([1, 2].map(() => scene.meter.post(PATH, 'finance', quantities([1, '5']))));
  expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
  expect(await issued()).toEqual(['R2026-000001', 'R2026-000002']);
});

it('cancels what is left of a statement, with the tax that it charged', async () => {
  const note = await scene.post(PATH, { reason, correction: { kind: 'cancellation' } });
  expect(note).toMatchObject({ number: 'R2026-000003', totals: { quantity: '-5', amountDue: '-525' } });
  const { items } = await scene.get<{ items: { tax: { taxAmount: string } }[] }>(PATH);
  expect(items.map(({ tax }) => tax.taxAmount)).toEqual(['-21', '-32', '-52']);
  expect(await refusal({ reason, correction: { kind: 'cancellation' } })).toEqual([409, 'not_a_credit']);
});

it('rates all usage again by prices that were put right', async () => {
  const path = PATH.replace('pf-a', 'pf-b');
  const again = { reason, correction: { kind: 'prices', knownAt: corrected } };
  expect(await scene.post(path, again)).toMatchObject({
    basis: { kind: 'prices', pricesKnownAt: corrected },
    totals: { quantity: '0', amountDue: '-40' },
    tax: { taxAmount: '-4' },
  });
  expect(await refusal(again, 'finance', path)).toEqual([409, 'other_basis']);
});

it('waits with that for late usage to be billed, which is billed once, as its month was', async () => {
  scene.meter.now = jst('2026-12-01T09:00:00');
  await scene.record([usageEvent({ time: jst('2026-10-31T23:00:00'), platformProvider: 'pf-b' })]);
  const path = PATH.replace('pf-a', 'pf-b');
  await scene.closeMonth('2026-11');
  expect(await scene.get('/statements/2026-11/pf-b')).toMatchObject({
    items: [{ usagePeriod: '2026-10', unitPrice: '105', quantity: '1', amountDue: '105' }],
  });
  expect(await scene.get('/statements?period=2026-11')).toMatchObject({ items: [{ customer: 'pf-b' }] });
  await scene.record([usageEvent({ time: jst('2026-11-30T23:00:00'), platformProvider: 'pf-b' })]);
  const again = { reason, correction: { kind: 'prices', knownAt: corrected } };
  expect(await refusal(again, 'finance', path.replace('2026-10', '2026-11'))).toEqual([409, 'late_usage']);
});

it('leaves a trace', async () => {
  const { rows } = await scene.meter.database.query<{ subject: object }>(
    `SELECT subject FROM audit_entry WHERE action = 'credit_note.issue' ORDER BY id LIMIT 1`,
  );
  expect(rows[0]?.subject).toEqual({
    period: '2026-10',
    customer: 'pf-a',
    number: 'R2026-000001',
    amountDue: '-210',
  });
});
