import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AdministrationDatabase } from '../database/administration-database.ts';
import { MeterUnderTest } from '../testing/meter-under-test.ts';
import { jst, usageEvent } from '../testing/usage-events.ts';
import { PriceStore } from './price-store.ts';

let meter: MeterUnderTest;
let store: PriceStore;
beforeAll(async () => {
  meter = await MeterUnderTest.start();
  store = new PriceStore(new AdministrationDatabase(meter.database));
});
afterAll(() => meter.stop());

interface Entry {
  readonly id: string;
  readonly recordedAt: number;
  readonly validTo?: number;
  readonly price: { readonly unitPrice: string };
}
interface Page {
  readonly items: readonly Entry[];
  readonly next?: string;
}
const day = (date: string): number => jst(`${date}T00:00:00`);
const get = async (path: string, caller = 'finance'): Promise<Page> =>
  JSON.parse((await meter.get(path, caller)).body) as Page;
const post = async (path: string, body: object, caller = 'finance') => {
  const { status, body: text } = await meter.post(path, caller, body);
  return { status, ...(JSON.parse(text) as Partial<Entry> & { code?: string }) };
};
const tariff = (id: string, rest: object = {}) => ({
  id,
  scope: { customer: id },
  price: { kind: 'unit', unitPrice: '7' },
  taxCategory: 'standard',
  validFrom: day('2026-01-01'),
  ...rest,
});
const correction = ({ recordedAt }: Partial<Entry>, id: string, rest: object = {}) => {
  const { id: _id, ...terms } = tariff(id, rest);
  return { ...terms, replaces: recordedAt, reason: '単価の誤記' };
};

describe('a price book', () => {
  it('takes what twenty administrators record at once, one after the other, though the clock stands still', async () => {
    const ids = Array.from({ length: 20 }, (_, index) => `pf-${index + 10}`);
    const answers = await Promise.all(ids.map((id) => post('/tariffs', tariff(id))));
    expect(answers.map(({ status }) => status)).toEqual(ids.map(() => 201));
    const instants = answers.map(({ recordedAt }) => recordedAt);
    expect(new Set(instants).size).toBe(20);
    expect(Math.min(...(instants as number[]))).toBe(meter.now);
  });

  it('lets one of two win that correct the same revision', async () => {
    const stands = await post('/tariffs', tariff('twice'));
    const both = ['8', '9'].map((unitPrice) => correction(stands, 'twice', { price: { kind: 'unit', unitPrice } }));
    const answers = await Promise.all(both.map((body) => post('/tariffs/twice/revisions', body)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
    expect(answers.find(({ status }) => status === 409)?.code).toBe('superseded_revision');
    expect((await get('/tariffs/twice/revisions')).items).toHaveLength(2);
  });

  it('records later than before also when the clock was set back', async () => {
    const before = await post('/tariffs', tariff('late'));
    meter.now -= 86_400_000;
    const ended = await post('/tariffs/late/end', { validTo: day('2027-01-01') });
    meter.now += 86_400_000;
    expect(ended.recordedAt).toBeGreaterThan(before.recordedAt as number);
  });

  it('never changes what was known at an instant that is settled', async () => {
    const ahead = meter.now + 5_000;
    const settled = await store.settle(ahead);
    expect(settled).toBe(ahead);
    const known = await store.asKnownAt(settled);
    const added = await post('/tariffs', tariff('after'));
    expect(added.recordedAt).toBe(settled + 1);
    expect(await store.asKnownAt(settled)).toEqual(known);
    expect((await store.read()).tariffs.map(({ id }) => id)).toContain('after');
    expect(await store.settle(meter.now)).toBe(settled + 1);
    expect(await store.settle(meter.now, 'pf-a')).toBe(meter.now);
    const backdated = `INSERT INTO price_revision (issuer, kind, id, recorded_at, valid_from, terms)
      VALUES ('', 'tariff', 'past', $1, '2026-01-01T00:00:00+09:00', '{}')`;
    await expect(meter.database.query(backdated, [new Date(settled)])).rejects.toMatchObject({ code: '23001' });
  });
});

describe('revisions', () => {
  it('show prices as they were known, and as they are', async () => {
    const first = await post('/tariffs', tariff('history'));
    meter.now += 10_000;
    const second = await post('/tariffs/history/revisions', correction(first, 'history', { price: price('8') }));
    meter.now += 10_000;
    const third = await post('/tariffs/history/end', { validTo: day('2026-12-01') });
    const at = async (instant: number | undefined) => {
      const query = instant === undefined ? '' : `&knownAt=${instant}`;
      const { items } = await get(`/tariffs?limit=1000${query}`);
      const found = items.find(({ id }) => id === 'history');
      return found && [found.price.unitPrice, found.validTo];
    };
    expect(await at((first.recordedAt as number) - 1)).toBeUndefined();
    expect(await at(first.recordedAt)).toEqual(['7', undefined]);
    expect(await at(second.recordedAt)).toEqual(['8', undefined]);
    expect(await at((third.recordedAt as number) - 1)).toEqual(['8', undefined]);
    expect(await at(undefined)).toEqual(['8', day('2026-12-01')]);
    expect(await at(day('2100-01-01'))).toEqual(['8', day('2026-12-01')]);
  });

  it('come in pages, oldest first, and lists by id', async () => {
    const one = await get('/tariffs/history/revisions?limit=2');
    const two = await get(`/tariffs/history/revisions?limit=2&cursor=${one.next}`);
    expect([...one.items, ...two.items].map(({ price: { unitPrice } }) => unitPrice)).toEqual(['7', '8', '8']);
    expect(two.next).toBeUndefined();
    const ids: string[] = [];
    for (let path = '/tariffs?limit=7'; path;) {
      const { items, next } = await get(path);
      ids.push(...items.map(({ id }) => id));
      path = next === undefined ? '' : `/tariffs?limit=7&cursor=${next}`;
    }
    const all = (await get('/tariffs?limit=1000')).items.map(({ id }) => id);
    expect(ids).toEqual(all);
    expect(all).toEqual([...new Set(all)].sort());
    for (const query of ['cursor=x', 'cursor=W10', 'limit=0', 'knownAt=today', 'knownAt=-1', 'known=1'])
      expect([query, (await meter.get(`/tariffs?${query}`, 'finance')).status]).toEqual([query, 400]);
  });

  it('correct the past of a month that is open', async () => {
    await meter.send([usageEvent({ time: jst('2026-11-02T00:00:00'), channel: 'crl' })]);
    const due = async (): Promise<unknown> => {
      const { body } = await meter.get('/billing/2026-11', 'pf-a');
      return (JSON.parse(body) as { totals: { amountDue: string } }).totals.amountDue;
    };
    const scope = { customer: 'pf-a', channel: 'crl' };
    const wrong = await post('/tariffs', tariff('pf-a-crl', { scope, validFrom: day('2026-11-02') }));
    await expect.poll(due).toBe('7');
    const right = correction(wrong, 'pf-a-crl', { scope, validFrom: day('2026-11-02'), price: price('5') });
    expect((await post('/tariffs/pf-a-crl/revisions', right)).status).toBe(201);
    expect(await due()).toBe('5');
    expect((await post('/tariffs/pf-a-crl/revisions', { ...right, validFrom: day('2026-11-03') })).code).toBe(
      'superseded_revision',
    );
    expect((await post('/tariffs/none/revisions', right)).status).toBe(404);
    const { rows } = await meter.database.query<{ subject: object }>(
      `SELECT subject FROM audit_entry WHERE action = 'tariff.revise' AND subject->>'id' = 'pf-a-crl'`,
    );
    expect(rows).toEqual([{ subject: { id: 'pf-a-crl', replaces: wrong.recordedAt, reason: '単価の誤記' } }]);
  });

  it('are hidden from whom their price is hidden, and corrected by finance alone', async () => {
    expect((await meter.get('/tariffs/pf-a-crl/revisions', 'pf-a')).status).toBe(200);
    expect((await meter.get('/tariffs/pf-a-crl/revisions', 'pf-b')).status).toBe(404);
    for (const caller of ['operator', 'pf-a', 'ca'])
      expect(
        (await post('/tariffs/pf-a-crl/revisions', correction({ recordedAt: 1 }, 'pf-a-crl'), caller)).status,
      ).toBe(403);
  });
});

const price = (unitPrice: string) => ({ kind: 'unit', unitPrice });
