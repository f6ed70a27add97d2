import { PUBLISHED_TARIFFS, PUBLISHED_WAIVERS } from '@kakunin/billing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MeterUnderTest } from '../testing/meter-under-test.ts';
import { jst, usageEvent } from '../testing/usage-events.ts';
import { jsonOf } from '../api/json.ts';

let meter: MeterUnderTest;
beforeAll(async () => void (meter = await MeterUnderTest.start()));
afterAll(() => meter.stop());

const list = async (path: string, caller = 'finance'): Promise<{ id: string }[]> =>
  (JSON.parse((await meter.get(path, caller)).body) as { items: { id: string }[] }).items;
const day = (date: string): number => jst(`${date}T00:00:00`);
const problem = (body: string) => JSON.parse(body) as { code: string; detail: string };

const unit = (unitPrice: unknown) => ({ kind: 'unit', unitPrice });
const priced = { price: unit('1'), taxCategory: 'standard' };
const tariff = (id: string, from: string) => ({
  id,
  scope: { channel: 'ocsp', certificateClass: 'signature' },
  price: unit('25'),
  taxCategory: 'non_taxable',
  validFrom: day(from),
});

describe('tariffs and waivers', () => {
  it('begin with what is published', async () => {
    const asJson = PUBLISHED_TARIFFS.map(jsonOf);
    expect(await list('/tariffs')).toEqual(expect.arrayContaining(asJson));
    expect(await list('/tariffs')).toHaveLength(asJson.length);
    expect(await list('/waivers')).toEqual(PUBLISHED_WAIVERS);
  });

  it('refuse an overlap, name both tariffs and say what to do', async () => {
    const { status, body } = await meter.post('/tariffs', 'finance', tariff('ocsp-signature-2027', '2027-04-01'));
    expect(status).toBe(409);
    expect(problem(body).code).toBe('tariff_overlap');
    expect(problem(body).detail).toContain('ocsp-signature (channel=ocsp certificateClass=signature, from 2023-01-01');
    expect(problem(body).detail).toContain('ocsp-signature-2027 (');
    expect(problem(body).detail).toContain('End the earlier one first');
    expect(await list('/tariffs')).toHaveLength(3);
  });

  it.each([
    ['/tariffs', { ...priced, validTo: Date.UTC(9999, 11, 31, 15) }, 'invalid_validity'],
    ['/tariffs', { ...priced, validTo: Number.MAX_SAFE_INTEGER }, 'invalid_validity'],
    ['/waivers', { legalGround: { ja: '根拠\u0000', en: 'ground' } }, 'invalid_request'],
  ])('refuse what no table or date can hold: %s %j', async (path, part, code) => {
    const entry = { id: 'odd', scope: { channel: 'crl', carrier: 'card' }, validFrom: day('2027-04-01'), ...part };
    const { status, body } = await meter.post(path, 'finance', entry);
    expect({ status, code: problem(body).code }).toEqual({ status: 400, code });
    expect((await meter.get('/billing/2026-11', 'finance')).status).toBe(200);
  });

  it.each([
    `UPDATE price_revision SET valid_to = '2030-01-01T00:00:00+09:00'`,
    'DELETE FROM price_revision',
    'TRUNCATE price_revision',
  ])('stay what they were, whoever writes past the service: %s', async (statement) => {
    await expect(meter.database.query(statement)).rejects.toMatchObject({ code: '23001' });
  });

  it('let one of two that are recorded at once win', async () => {
    const scope = { customer: 'pf-b' };
    const both = ['pf-b-1', 'pf-b-2'].map((id) => ({ ...tariff(id, '2027-01-01'), scope }));
    const answers = await Promise.all(both.map((one) => meter.post('/tariffs', 'finance', one)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
  });

  it('show a customer what is for all and for itself', async () => {
    expect(await list('/tariffs', 'pf-b')).toHaveLength(4);
    expect(await list('/tariffs', 'pf-a')).toHaveLength(3);
    expect((await meter.get('/tariffs', 'ca')).status).toBe(403);
  });

  it('are changed by finance only', async () => {
    expect((await meter.post('/tariffs', 'pf-a', tariff('mine', '2030-01-01'))).status).toBe(403);
    expect((await meter.post('/waivers/ocsp-fee-waiver/end', 'operator', { validTo: day('2026-12-01') })).status).toBe(
      403,
    );
  });

  it('follow one another at midnight: a month is split at the day, and due when the waiver ends', async () => {
    const checks = ['2026-12-09T23:59:59.999', '2026-12-10T00:00:00.000', '2026-12-20T00:00:00.000'];
    expect((await meter.post('/tariffs/ocsp-signature/end', 'finance', { validTo: day('2026-12-10') })).status).toBe(
      200,
    );
    expect((await meter.post('/tariffs', 'finance', tariff('ocsp-signature-2', '2026-12-10'))).status).toBe(201);
    expect((await meter.post('/waivers/ocsp-fee-waiver/end', 'finance', { validTo: day('2026-12-20') })).status).toBe(
      200,
    );
    meter.now = jst('2026-12-21T12:00:00');
    await meter.send(checks.map((time) => usageEvent({ time: jst(time) })));
    const lines = async (): Promise<unknown> => {
      const { statements } = JSON.parse((await meter.get('/billing/2026-12', 'finance')).body) as {
        statements: { lines: { tariffId: string; listAmount: string; amountDue: string }[] }[];
      };
      return statements[0]?.lines.map(({ tariffId, listAmount, amountDue }) => [tariffId, listAmount, amountDue]);
    };
    await expect.poll(lines).toEqual([
      ['ocsp-signature', '20', '0'],
      ['ocsp-signature-2', '25', '25'],
      ['ocsp-signature-2', '25', '0'],
    ]);
  });

  it('leave no usage without a price: the export refuses and says which', async () => {
    await meter.send([usageEvent({ time: jst('2022-12-31T23:59:59.999') })]);
    await expect.poll(async () => (await meter.get('/billing/2022-12', 'finance')).status).toBe(409);
    const { code, detail } = problem((await meter.get('/billing/2022-12', 'finance')).body);
    expect(code).toBe('no_tariff');
    expect(detail).toContain('customer=pf-a serviceProvider=sp-a channel=ocsp');
  });

  it.each([
    [
      'a day that begins elsewhere',
      { ...tariff('t', '2030-01-01'), validFrom: Date.UTC(2030, 0, 1) },
      'invalid_validity',
    ],
    ['a negative price', { ...tariff('t', '2030-01-01'), price: unit('-1') }, 'invalid_request'],
    ['a fraction of a yen', { ...tariff('t', '2030-01-01'), price: unit('0.5') }, 'invalid_request'],
    ['yen as a number', { ...tariff('t', '2030-01-01'), price: unit(20) }, 'invalid_request'],
    ['an unknown class', { ...tariff('t', '2030-01-01'), scope: { certificateClass: 'gold' } }, 'invalid_request'],
    ['a word that it does not know', { ...tariff('t', '2030-01-01'), discount: '1' }, 'invalid_request'],
  ])('refuse %s', async (_, body, code) => {
    const answer = await meter.post('/tariffs', 'finance', body);
    expect([answer.status, problem(answer.body).code]).toEqual([400, code]);
  });

  it('cannot end yesterday, and only if they exist', async () => {
    const past = await meter.post('/tariffs/crl-free/end', 'finance', { validTo: day('2026-11-22') });
    expect([past.status, problem(past.body).code]).toEqual([400, 'invalid_validity']);
    const absent = await meter.post('/tariffs/absent/end', 'finance', { validTo: day('2027-01-01') });
    expect([absent.status, problem(absent.body).code]).toEqual([404, 'not_found']);
    expect((await meter.post('/tariffs', 'finance', { ...tariff('crl-free', '2030-01-01'), scope: {} })).status).toBe(
      409,
    );
  });

  it('leave a trace of who changed them', async () => {
    const { rows } = await meter.database.query<{ entry: string }>(
      `SELECT caller || ' ' || action || ' ' || (subject ->> 'id') AS entry FROM audit_entry
       WHERE action LIKE '%.end' OR subject ->> 'id' = 'ocsp-signature-2' ORDER BY id`,
    );
    expect(rows.map(({ entry }) => entry)).toEqual([
      'finance tariff.end ocsp-signature',
      'finance tariff.add ocsp-signature-2',
      'finance waiver.end ocsp-fee-waiver',
    ]);
  });
});
