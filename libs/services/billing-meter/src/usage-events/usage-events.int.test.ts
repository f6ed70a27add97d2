import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { cloudEvent } from '../testing/cloud-events.ts';
import { type Answer, MeterUnderTest } from '../testing/meter-under-test.ts';
import { BATCH, json, ONE, Reporting, verdict } from '../testing/reporting.ts';
import { LARGEST_BODY } from './bodies.ts';
import { producerOf } from './reported-segment.ts';

let meter: MeterUnderTest;
beforeAll(async () => void (meter = await MeterUnderTest.start()));
afterAll(() => meter.stop());
beforeEach(() => meter.database.query('TRUNCATE usage_event_quarantine'));
const { send, growth } = new Reporting(() => meter);

describe('one event', () => {
  it('is counted when it is answered, once, and keeps its place in the ledger', async () => {
    const event = cloudEvent({ id: 'one' });
    expect(
      await growth(async () => {
        const first = await json(send(event));
        expect(first).toEqual({ result: 'accepted', eventId: `${producerOf('pf-a')}/1/0` });
        expect(await json(send(event))).toEqual({ ...(first as object), result: 'duplicate' });
        expect(await json(send(cloudEvent({ id: 'one', time: '2026-11-15T03:00:00Z' })))).toMatchObject({
          result: 'duplicate',
        });
      }),
    ).toBe(1);
  });

  it('comes in binary mode as well', async () => {
    const { data, ...attributes } = cloudEvent({ id: 'ビナリ' }) as { data: object };
    const headers = Object.fromEntries(
      Object.entries(attributes).map(([name, value]) => [`ce-${name}`, encodeURIComponent(value as string)]),
    );
    const binary = (): Promise<Answer> =>
      meter.sendRaw('/usage-events', 'pf-a', JSON.stringify(data), { 'content-type': 'application/json', ...headers });
    expect(await growth(async () => expect(await json(binary())).toMatchObject({ result: 'accepted' }))).toBe(1);
    expect(await json(send({ ...attributes, data }))).toMatchObject({ result: 'duplicate' });
  });

  it('is known for ever, not for as long as it may be late', async () => {
    const event = cloudEvent({ id: 'old' });
    await send(event);
    const before = meter.now;
    meter.now += 5_000 * 86_400_000;
    expect(await json(send(event))).toMatchObject({ result: 'duplicate' });
    expect(await verdict(send(cloudEvent({ id: 'too old' })))).toEqual([400, 'invalid_usage_event']);
    expect(await verdict(send(cloudEvent({ id: 'old' }, { outcome: 'revoked' })))).toEqual([
      409,
      'usage_event_conflict',
    ]);
    meter.now = before;
  });

  it('with the id of another is refused with 409, counted nowhere and kept once', async () => {
    await send(cloudEvent({ id: 'taken' }));
    const other = cloudEvent({ id: 'taken' }, { outcome: 'revoked' });
    const refuse = async (): Promise<void> => expect(await verdict(send(other))).toEqual([409, 'usage_event_conflict']);
    expect(await growth(async () => (await refuse(), await refuse()))).toBe(0);
    const { items } = (await json(meter.get('/usage-events/quarantine', 'pf-a'))) as { items: object[] };
    expect(items).toEqual([
      {
        customer: 'pf-a',
        refusedAt: meter.now,
        acceptedSha256: expect.stringMatching(/^[0-9a-f]{64}$/),
        refusedSha256: expect.stringMatching(/^[0-9a-f]{64}$/),
        refused: other,
      },
    ]);
  });

  it('of one tenant is none of another', async () => {
    await send(cloudEvent({ id: 'mine' }, { serviceProvider: '' }));
    const own = cloudEvent({ id: 'mine' }, { serviceProvider: '', outcome: 'revoked' });
    expect(await growth(() => send(own, ONE, 'pf-b'), 'pf-b')).toBe(1);
    expect(await verdict(send(cloudEvent({ id: 'x' }), ONE, 'pf-b'))).toEqual([403, 'foreign_service_provider']);
  });

  it('is for platform providers to report', async () => {
    expect(await verdict(send(cloudEvent(), ONE, 'finance'))).toEqual([403, 'forbidden']);
  });
});

describe('a batch', () => {
  it('takes what is good, and says of each of the others why not', async () => {
    await send(cloudEvent({ id: 'b0' }));
    const batch = [
      cloudEvent({ id: 'b0' }),
      cloudEvent({ id: 'b1' }),
      cloudEvent({ id: 'b1' }),
      cloudEvent({ id: 'b1' }, { outcome: 'revoked' }),
      cloudEvent({ id: 'b2' }, { serviceProvider: 'sp-b' }),
      'nothing',
      cloudEvent({ id: 'b3' }),
    ];
    expect(
      await growth(async () => {
        const { items, ...totals } = (await json(send(batch, BATCH))) as { items: Record<string, string>[] };
        expect(totals).toEqual({ accepted: 2, duplicates: 2, refused: 3 });
        expect(items.map(({ result, code }) => code ?? result)).toEqual([
          'duplicate',
          'accepted',
          'duplicate',
          'usage_event_conflict',
          'foreign_service_provider',
          'invalid_usage_event',
          'accepted',
        ]);
        expect(items[2]!['eventId']).toBe(items[1]!['eventId']);
        expect(items[6]!['eventId']).toMatch(/\/1$/);
      }),
    ).toBe(2);
  });

  it('of thousands fills several segments, and again changes nothing', async () => {
    const batch = Array.from({ length: 12_000 }, (_, index) => cloudEvent({ id: `many-${index}` }));
    expect(await growth(async () => expect(await json(send(batch, BATCH))).toMatchObject({ accepted: 12_000 }))).toBe(
      12_000,
    );
    expect(await growth(async () => expect(await json(send(batch, BATCH))).toMatchObject({ duplicates: 12_000 }))).toBe(
      0,
    );
  });

  it('is an array of JSON in UTF-8 of at most 10 MB', async () => {
    const invalid = [400, 'invalid_usage_events'];
    expect(await verdict(send({}, BATCH))).toEqual(invalid);
    expect(await verdict(send('[', BATCH))).toEqual(invalid);
    expect(await verdict(send('', BATCH))).toEqual(invalid);
    expect(await verdict(send(Buffer.from([0x5b, 0x22, 0xff, 0x22, 0x5d]), BATCH))).toEqual(invalid);
    expect(await verdict(send('['.repeat(200_000), BATCH))).toEqual(invalid);
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    expect(await json(send(deep, BATCH))).toMatchObject({ accepted: 0, refused: 1 });
    expect(await json(send('[]', BATCH))).toEqual({ accepted: 0, duplicates: 0, refused: 0, items: [] });
    expect(await verdict(send(`[${' '.repeat(LARGEST_BODY)}]`, BATCH))).toEqual([413, 'too_many_usage_events']);
    expect((await send('{}', 'text/plain')).status).toBe(415);
    expect((await send('{}', 'application/json')).status).toBe(415);
  });

  it('comes at once with another of the same ids, and each is counted once', async () => {
    const batch = Array.from({ length: 50 }, (_, index) => cloudEvent({ id: `race-${index}` }));
    const results: Record<string, number>[] = [];
    const races = async (): Promise<void> => {
      const answers = await Promise.all(
        [batch, batch.toReversed(), batch, batch.slice(10)].map((one) => json(send(one, BATCH))),
      );
      results.push(...(answers as Record<string, number>[]));
    };
    expect(await growth(races)).toBe(50);
    expect(results.reduce((sum, { accepted = 0 }) => sum + accepted, 0)).toBe(50);
    expect(results.reduce((sum, { duplicates = 0 }) => sum + duplicates, 0)).toBe(140);
  });
});

describe('quarantine', () => {
  it('shows each tenant its own, finance all, page by page, and leaves a trace', async () => {
    for (const [tenant, data] of [
      ['pf-a', {}],
      ['pf-b', { serviceProvider: '' }],
    ] as const) {
      await send(cloudEvent({ id: 'q' }, data), ONE, tenant);
      for (const carrier of ['card', 'smartphone'])
        await send(cloudEvent({ id: 'q' }, { ...data, outcome: 'unknown', carrier }), ONE, tenant);
    }
    const list = async (caller: string, query = ''): Promise<{ items: { customer: string }[]; next?: string }> =>
      (await json(meter.get(`/usage-events/quarantine${query}`, caller))) as { items: { customer: string }[] };
    const customers = async (caller: string): Promise<string[]> =>
      (await list(caller)).items.map(({ customer }) => customer);
    expect(await customers('pf-b')).toEqual(['pf-b', 'pf-b']);
    expect(await customers('finance')).toEqual(['pf-a', 'pf-a', 'pf-b', 'pf-b']);
    const first = await list('finance', '?limit=3');
    expect(first.items).toHaveLength(3);
    expect((await list('finance', `?limit=3&cursor=${first.next}`)).items).toHaveLength(1);
    expect(await verdict(meter.get('/usage-events/quarantine?cursor=e30', 'finance'))).toEqual([
      400,
      'invalid_request',
    ]);
    const { rows } = await meter.database.query(
      `SELECT subject FROM audit_entry WHERE action = 'usage_event.quarantine' AND caller = 'pf-b'`,
    );
    expect(rows).toEqual([{ subject: { customer: 'pf-b' } }]);
  });
});
