import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MeterUnderTest } from '../testing/meter-under-test.ts';
import { jst, usageEvent } from '../testing/usage-events.ts';

let meter: MeterUnderTest;
beforeAll(async () => void (meter = await MeterUnderTest.start()));
afterAll(() => meter.stop());

const day = (date: string): number => jst(`${date}T00:00:00`);
const post = async (path: string, body: unknown, caller = 'finance') => {
  const { status, body: text } = await meter.post(path, caller, body);
  return { status, ...(JSON.parse(text) as { code?: string; detail?: string }) };
};
const outcome = async (path: string, body: unknown, caller?: string) => {
  const { status, code } = await post(path, body, caller);
  return [status, code];
};
const tariff = (id: string, rest: object) => ({
  id,
  scope: { customer: 'pf-b' },
  price: { kind: 'unit', unitPrice: '7' },
  taxCategory: 'standard',
  validFrom: day('2026-12-01'),
  ...rest,
});
const tiers = (count: number) => [
  ...Array.from({ length: count - 1 }, (_, index) => ({
    upTo: String(10n ** 17n + BigInt(index)),
    unitPrice: String(999_999_999_999n - BigInt(index)),
  })),
  { unitPrice: '0' },
];

describe('prices', () => {
  it('have up to a hundred tiers of any height, and come back as they were sent', async () => {
    const price = { kind: 'graduated', tiers: tiers(100), pooled: true };
    expect(await post('/tariffs', tariff('high', { price }))).toMatchObject({ status: 201, price });
    expect((await meter.get('/tariffs?limit=1000', 'pf-b')).body).toContain(JSON.stringify(price));
    expect(await outcome('/tariffs', tariff('higher', { price: { ...price, tiers: tiers(101) } }))).toEqual([
      400,
      'invalid_request',
    ]);
  });

  it.each<[string, object, string]>([
    ['no tier', { kind: 'volume', tiers: [] }, 'invalid_request'],
    ['tiers without an end', { kind: 'volume', tiers: [{ unitPrice: '2' }, { unitPrice: '1' }] }, 'invalid_price'],
    ['a last tier with an end', { kind: 'volume', tiers: [{ upTo: '5', unitPrice: '2' }] }, 'invalid_price'],
    [
      'tiers that do not ascend',
      { kind: 'graduated', tiers: [{ upTo: '5', unitPrice: '2' }, { upTo: '5', unitPrice: '1' }, { unitPrice: '0' }] },
      'invalid_price',
    ],
    [
      'a pool that rises',
      { kind: 'graduated', pooled: true, tiers: [{ upTo: '5', unitPrice: '2' }, { unitPrice: '3' }] },
      'invalid_price',
    ],
    [
      'a tier up to nothing',
      { kind: 'volume', tiers: [{ upTo: '0', unitPrice: '2' }, { unitPrice: '1' }] },
      'invalid_request',
    ],
    ['a pool of unit prices', { kind: 'unit', unitPrice: '2', pooled: true }, 'invalid_request'],
    ['a first check of the day', { kind: 'first_check', per: 'day', unitPrice: '2' }, 'invalid_request'],
    ['an exponent', { kind: 'unit', unitPrice: '1e3' }, 'invalid_request'],
    ['a leading zero', { kind: 'unit', unitPrice: '020' }, 'invalid_request'],
    ['full-width digits', { kind: 'unit', unitPrice: '２０' }, 'invalid_request'],
    ['more yen than there are', { kind: 'unit', unitPrice: '1000000000000' }, 'invalid_request'],
  ])('refuse %s', async (_what, price, code) => {
    expect(await outcome('/tariffs', tariff('odd', { price, scope: { carrier: 'card' } }))).toEqual([400, code]);
  });

  it('of first checks begin when they can be counted: tomorrow in Japan', async () => {
    const first = {
      price: { kind: 'first_check', per: 'year', unitPrice: '30' },
      scope: { customer: 'pf-a', channel: 'crl' },
    };
    meter.now = jst('2026-11-22T23:59:59.999');
    const today = await post('/tariffs', tariff('first', { ...first, validFrom: day('2026-11-22') }));
    expect([today.status, today.code]).toEqual([409, 'first_checks_not_counted']);
    expect(today.detail).toContain('2026-11-23 or later');
    expect(await outcome('/tariffs', tariff('first', { ...first, validFrom: day('2026-11-23') }))).toEqual([
      201,
      undefined,
    ]);
  });

  it('of first checks are charged once for a certificate, from the day on which they begin', async () => {
    meter.now = jst('2026-11-24T12:00:00');
    const crl = (time: string, certificate: number) =>
      usageEvent({ time: jst(time), channel: 'crl', certificateDigest: new Uint8Array(16).fill(certificate) });
    await meter.send([
      crl('2026-11-22T23:59:59.999', 1),
      crl('2026-11-23T00:00:00.000', 1),
      crl('2026-11-23T08:00:00', 2),
    ]);
    await meter.send([crl('2026-11-24T08:00:00', 1), crl('2026-11-24T08:00:00', 2), crl('2026-11-24T08:00:00', 2)]);
    const lines = async (): Promise<unknown> => {
      const { statements } = JSON.parse((await meter.get('/billing/2026-11', 'pf-a')).body) as {
        statements: { lines: { tariffId: string; quantity: string; unitPrice: string; amountDue: string }[] }[];
      };
      return statements[0]?.lines.map((line) => [line.tariffId, line.quantity, line.unitPrice, line.amountDue]);
    };
    await expect.poll(lines).toEqual([
      ['crl-free', '1', '0', '0'],
      ['first', '3', '0', '0'],
      ['first', '2', '30', '60'],
    ]);
  });
});

describe('a scope', () => {
  it('that names a service provider names its customer, too', async () => {
    const scope = { serviceProvider: 'sp-a' };
    expect(await outcome('/tariffs', tariff('sp', { scope }))).toEqual([400, 'invalid_request']);
    const own = tariff('sp', { scope: { ...scope, customer: 'pf-a', channel: 'ocsp' } });
    expect(await outcome('/tariffs', own)).toEqual([201, undefined]);
    expect((await meter.get('/tariffs?limit=1000', 'pf-b')).body).not.toContain('"sp"');
    expect((await meter.get('/tariffs?limit=1000', 'pf-a')).body).toContain('"sp"');
  });

  it('is weighed: the price of the service provider precedes that of the channel', async () => {
    meter.now = jst('2026-12-05T00:00:00');
    await meter.send([usageEvent({ time: jst('2026-12-01T00:00:00') })]);
    await expect
      .poll(async () => (await meter.get('/billing/2026-12', 'pf-a')).body)
      .toMatch(/"tariffId":"sp".*"amountDue":"0"/);
  });

  it.each([
    ['a customer that is none', { customer: 'PF-A' }],
    ['what there is not', { colour: 'red' }],
    ['null', null],
    ['nobody', { customer: '' }],
  ])('refuses %s', async (_what, scope) => {
    expect(await outcome('/tariffs', tariff('odd', { scope }))).toEqual([400, 'invalid_request']);
  });
});

describe('commitments', () => {
  const commitment = (id: string, rest: object = {}) => ({
    id,
    kind: 'minimum',
    scope: { customer: 'pf-a' },
    amount: '5000',
    taxCategory: 'standard',
    validFrom: day('2026-12-01'),
    ...rest,
  });

  it('are for whole months, one of a kind for each customer and tax category', async () => {
    expect(await outcome('/commitments', commitment('least'))).toEqual([201, undefined]);
    expect(await outcome('/commitments', commitment('most', { kind: 'cap', amount: '90000' }))).toEqual([
      201,
      undefined,
    ]);
    expect(await outcome('/commitments', commitment('again'))).toEqual([409, 'commitment_overlap']);
    expect(await outcome('/commitments', commitment('ocsp-signature', { scope: {} }))).toEqual([409, 'duplicate_id']);
    expect(await outcome('/commitments', commitment('odd', { validFrom: day('2026-12-02'), scope: {} }))).toEqual([
      400,
      'invalid_validity',
    ]);
    expect(await outcome('/commitments', commitment('odd', { scope: { channel: 'ocsp' } }))).toEqual([
      400,
      'invalid_request',
    ]);
    expect(await outcome('/commitments/least/end', { validTo: day('2027-01-15') })).toEqual([400, 'invalid_validity']);
  });

  it('are on the bill of whom they name, and on nobody else’s', async () => {
    const due = async (caller: string): Promise<unknown> => {
      const { body } = await meter.get('/billing/2026-12', caller);
      return (JSON.parse(body) as { totals: { amountDue: string } }).totals.amountDue;
    };
    expect(await due('pf-a')).toBe('5000');
    expect(await due('pf-b')).toBe('0');
  });

  it('are hidden from others, and set by finance alone', async () => {
    expect((await meter.get('/commitments', 'pf-b')).body).toBe('{"items":[]}');
    expect((await meter.get('/commitments', 'pf-a')).body).toContain('"least"');
    for (const caller of ['operator', 'pf-a', 'ca'])
      expect(await outcome('/commitments', commitment('mine', { scope: {} }), caller)).toEqual([403, 'forbidden']);
  });
});

describe('what is sent', () => {
  it.each([
    ['no object', []],
    ['a text', 'x'],
    ['an id of another alphabet', tariff('料金', {})],
    ['an id without end', tariff('a'.repeat(64), {})],
    ['a day as a text', tariff('odd', { validFrom: '2026-12-01' })],
    ['a day with a fraction', tariff('odd', { validFrom: day('2026-12-01') + 0.5 })],
    ['a tax that there is not', tariff('odd', { taxCategory: 'luxury' })],
  ])('is refused when it is %s', async (_what, body) => {
    expect(await outcome('/tariffs', body)).toEqual([400, 'invalid_request']);
  });

  it.each([
    ['half a character', '\ud800'],
    ['two lines', '一\n二'],
    ['nothing but spaces', '　 '],
    ['no end', '長'.repeat(1_001)],
  ])('is no legal ground with %s', async (_what, ja) => {
    const waiver = { id: 'odd', scope: { channel: 'crl' }, validFrom: day('2027-01-01'), legalGround: { ja, en: 'x' } };
    expect(await outcome('/waivers', waiver)).toEqual([400, 'invalid_request']);
  });

  it('keeps every character of a legal ground', async () => {
    const legalGround = { ja: '附則第二条（𠮷野家・ﾊﾝｶｸ）', en: 'Art. 2 — “supplementary” 👍' };
    const waiver = { id: 'kept', scope: { channel: 'crl' }, validFrom: day('2027-01-01'), legalGround };
    expect(await post('/waivers', waiver)).toMatchObject({ status: 201, legalGround });
    expect(JSON.parse((await meter.get('/waivers/kept/revisions', 'pf-a')).body)).toMatchObject({
      items: [{ legalGround }],
    });
  });
});
