import { deadLetterTopic, type EventRecord, USAGE_SEGMENTS } from '@kakunin/event-log';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { JOURNAL, journalSegment, MeterUnderTest } from './testing/meter-under-test.ts';
import { parseCsv } from './testing/parse-csv.ts';
import { jst, usageEvent } from './testing/usage-events.ts';

let meter: MeterUnderTest;
beforeAll(async () => void (meter = await MeterUnderTest.start()));
afterAll(() => meter.stop());

const json = async (path: string, caller: string): Promise<unknown> => JSON.parse((await meter.get(path, caller)).body);
const quantity = async (period: string): Promise<string> =>
  ((await json(`/billing/${period}`, 'finance')) as { totals: { quantity: string } }).totals.quantity;
const code = (body: string): unknown => (JSON.parse(body) as { code: unknown }).code;

async function deadLetters(count: number): Promise<readonly EventRecord[]> {
  const letters: EventRecord[] = [];
  const subscription = await meter.eventLog.subscribe({
    topics: [deadLetterTopic(USAGE_SEGMENTS)],
    start: { kind: 'positions', positions: [] },
    maxBatchSize: 10,
    onBatch: async (batch) => void letters.push(...batch),
    onFault: () => undefined,
  });
  await expect.poll(() => letters.length, { timeout: 30_000 }).toBe(count);
  await subscription.close();
  return letters;
}

describe('counting and export', () => {
  const month = '/billing/2026-10';
  const early = jst('2026-10-01T00:00:00.000');

  it('counts the segments of the topic, and bills by months of Tokyo', async () => {
    await meter.send([
      usageEvent({ time: early - 1 }),
      usageEvent({ time: early }),
      usageEvent({ time: early, outcome: 'revoked', platformProvider: 'pf-b', serviceProvider: '' }),
      usageEvent({ time: early, outcome: 'unknown' }),
    ]);
    await meter.send([
      usageEvent({ time: jst('2026-10-31T23:59:59.999'), certificateClass: 'user-authentication' }),
      usageEvent({ time: jst('2026-11-01T00:00:00.000') }),
    ]);
    await expect.poll(() => quantity('2026-10')).toBe('3');
    expect([await quantity('2026-09'), await quantity('2026-11'), await quantity('2026-12')]).toEqual(['1', '1', '0']);
    expect(await json(month, 'finance')).toMatchObject({
      state: 'ended',
      asOf: '2026-11-22T12:00:00.000+09:00',
      totals: { quantity: '3', listAmount: '42', waiverAmount: '-42', amountDue: '0' },
      statements: [
        {
          customer: 'pf-a',
          lines: [
            { certificateClass: 'signature', quantity: '1', unitPrice: '20', waiverId: 'ocsp-fee-waiver' },
            { certificateClass: 'user-authentication', quantity: '1', unitPrice: '2' },
          ],
        },
        { customer: 'pf-b', lines: [{ serviceProvider: '', listAmount: '20', waiverAmount: '-20', amountDue: '0' }] },
      ],
    });
    expect(await json('/billing/2026-11', 'finance')).toMatchObject({ state: 'open' });
  });

  it('makes the same bytes after every segment came once more', async () => {
    const paths = [month, `${month}?format=csv`];
    const before = await Promise.all(paths.map((path) => meter.get(path, 'finance')));
    const segment = await meter.send([usageEvent({ time: jst('2026-08-01T00:00:00') })]);
    await expect.poll(() => quantity('2026-08')).toBe('1');
    meter.now += 60_000;
    await meter.eventLog.append([segment, segment]);
    await expect.poll(() => meter.metrics()).toContain('kakunin_billing_segments_total{result="duplicate"} 2');
    expect(await quantity('2026-08')).toBe('1');
    const after = await Promise.all(paths.map((path) => meter.get(path, 'finance')));
    expect(after.map(({ body }) => body)).toEqual(before.map(({ body }) => body));
  });

  it('exports CSV that a reader of RFC 4180 understands, with the sums of the JSON', async () => {
    const { status, headers, body } = await meter.get(`${month}?format=csv`, 'operator');
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': 'attachment; filename="billing-2026-10.csv"',
    });
    expect(body.startsWith('\uFEFF')).toBe(true);
    const rows = parseCsv(body.slice(1));
    expect(rows.map((row) => [row['customer'], row['certificate_class'], row['quantity'], row['amount_due']])).toEqual([
      ['pf-a', 'signature', '1', '0'],
      ['pf-a', 'user-authentication', '1', '0'],
      ['pf-b', 'signature', '1', '0'],
    ]);
    expect(rows.reduce((sum, row) => sum + BigInt(row['list_amount'] ?? ''), 0n)).toBe(42n);
  });

  it('shows a customer itself and nobody else, and the others nothing', async () => {
    expect(await json(month, 'pf-b')).toMatchObject({ statements: [{ customer: 'pf-b' }], totals: { quantity: '1' } });
    expect((await meter.get(`${month}?format=csv`, 'pf-b')).body).not.toContain('pf-a');
    expect((await meter.get(month, 'ca')).status).toBe(403);
    expect((await meter.get(month, 'stranger')).status).toBe(403);
    expect((await meter.get(month)).status).toBe(401);
    expect((await meter.plain(month)).status).toBe(401);
  });

  it('leaves a trace of who read money', async () => {
    const { rows } = await meter.database.query(
      `SELECT caller, action, subject FROM audit_entry WHERE caller = 'pf-b' ORDER BY id`,
    );
    const subject = { period: '2026-10', format: 'json', customer: 'pf-b' };
    expect(rows).toEqual([
      { caller: 'pf-b', action: 'billing.export', subject },
      { caller: 'pf-b', action: 'billing.export', subject: { ...subject, format: 'csv' } },
    ]);
  });

  it('says what is wrong with a request', async () => {
    for (const path of ['/billing/2026-13', '/billing/latest', `${month}?format=xml`]) {
      const { status, body } = await meter.get(path, 'finance');
      expect([status, code(body)]).toEqual([400, 'invalid_request']);
    }
  });

  it('shows everybody the checks of today, without customers', async () => {
    await meter.send([
      usageEvent({ time: jst('2026-11-21T23:59:59.999') }),
      usageEvent({ time: jst('2026-11-22T00:00:00.000') }),
      usageEvent({ time: jst('2026-11-22T10:00:00'), certificateClass: 'user-authentication', outcome: 'revoked' }),
    ]);
    const expected = { date: '2026-11-22', checks: { signature: 1, 'user-authentication': 1 } };
    await expect
      .poll(async () => {
        meter.now += 1_000;
        return (await meter.plain('/usage/today')).json();
      })
      .toEqual(expected);
    expect(JSON.parse((await meter.get('/usage/today')).body)).toEqual(expected);
  });
});

describe('bad segments', () => {
  it('go to the dead-letter topic one by one, and what is around them is counted', async () => {
    const events = [usageEvent({ time: jst('2026-07-01T00:00:00') })];
    const damaged = journalSegment(JOURNAL, 101, events);
    const renamed = journalSegment(JOURNAL, 102, events);
    const conflicting = journalSegment(JOURNAL, 1, events);
    await meter.eventLog.append([
      {
        ...damaged,
        value: damaged.value.map((octet, index) => (index === damaged.value.length - 1 ? octet ^ 1 : octet)),
      },
      journalSegment(JOURNAL, 103, events),
      { ...renamed, headers: { ...renamed.headers, sequence: '104' } },
      { ...renamed, headers: { ...renamed.headers, count: '2' } },
      conflicting,
      journalSegment(JOURNAL, 105, events),
    ]);
    const letters = await deadLetters(4);
    const errors = letters.map(({ headers }) => headers['dead-letter-error']);
    expect(errors).toEqual(['invalid_segment', 'segment_mismatch', 'segment_mismatch', 'segment_conflict']);
    await expect.poll(() => quantity('2026-07')).toBe('2');
    expect(await meter.metrics()).toContain('kakunin_event_log_dead_letters_total{topic="usage-segments"} 4');
  });

  it('leave a gap that metric and health show, and that does not stop the meter', async () => {
    expect(await meter.metrics()).toMatch(/kakunin_billing_missing_segments 99\n/);
    const { ok, detail } = meter.healthOf('usage-segments') ?? {};
    expect(ok).toBe(true);
    expect(detail).toContain(`99 of producer ${JOURNAL}`);
  });

  it('are counted when they are handed over again, after what refused them was put right', async () => {
    const time = jst('2026-11-26T00:00:00');
    await meter.eventLog.append([journalSegment(JOURNAL, 106, [usageEvent({ time })])]);
    expect((await deadLetters(5)).at(-1)?.headers['dead-letter-error']).toBe('segment_from_future');
    const before = BigInt(await quantity('2026-11'));
    meter.now = time;
    const redeliver = async (caller: string, body: object = {}) => {
      const answer = await meter.post('/refused-usage-segments/redeliver', caller, body);
      return answer.status === 200 ? JSON.parse(answer.body) : answer.status;
    };
    expect(await redeliver('pf-a')).toBe(403);
    expect(await redeliver('operator', { dryRun: true })).toEqual({ refused: 5, uncounted: 4 });
    expect(await redeliver('operator')).toEqual({ refused: 5, uncounted: 4 });
    await expect.poll(async () => BigInt(await quantity('2026-11'))).toBe(before + 1n);
    await deadLetters(8);
    expect(await redeliver('finance', { dryRun: true })).toEqual({ refused: 5, uncounted: 3 });
  });
});

describe('a tariff of first checks', () => {
  it('charges a certificate once a month, from the day on that it begins', async () => {
    const tariff = {
      id: 'first-checks',
      scope: { customer: 'pf-b', channel: 'ocsp' },
      price: { kind: 'first_check', per: 'month', unitPrice: '30' },
      taxCategory: 'standard',
      validFrom: jst('2026-11-27T00:00:00'),
    };
    expect((await meter.post('/tariffs', 'finance', tariff)).status).toBe(201);
    const check = { platformProvider: 'pf-b', time: tariff.validFrom };
    await meter.send([
      usageEvent({ ...check, time: check.time - 1 }),
      usageEvent(check),
      usageEvent({ ...check, purpose: 'liveness_check' }),
      usageEvent({ ...check, certificateDigest: new Uint8Array(16).fill(9) }),
    ]);
    const lines = async () => {
      const { statements } = (await json('/billing/2026-11', 'pf-b')) as { statements: { lines: object[] }[] };
      return statements.flatMap((statement) => statement.lines) as Record<string, unknown>[];
    };
    await expect.poll(async () => (await lines()).length).toBeGreaterThan(2);
    const checks = new Map<unknown, number>();
    for (const line of await lines()) {
      if (line['tariffId'] !== tariff.id) continue;
      checks.set(line['unitPrice'], (checks.get(line['unitPrice']) ?? 0) + Number(line['quantity']));
    }
    expect(checks).toEqual(
      new Map([
        ['30', 2],
        ['0', 1],
      ]),
    );
  });
});

describe('a database that goes away', () => {
  it('is a 503 and a red /readyz; what came meanwhile is counted when it is back', async () => {
    await meter.postgres.pause();
    const { status, body } = await meter.get('/billing/2026-06', 'finance');
    expect([status, code(body)]).toEqual([503, 'database_unavailable']);
    expect((await meter.get('/tariffs', 'finance')).status).toBe(503);
    await meter.send([usageEvent({ time: jst('2026-06-15T00:00:00') })]);
    await expect.poll(() => meter.healthOf('database')?.ok).toBe(false);
    await meter.postgres.resume();
    await expect
      .poll(async () => (await meter.get('/billing/2026-06', 'finance')).status, { timeout: 20_000 })
      .toBe(200);
    await expect.poll(() => quantity('2026-06'), { timeout: 20_000 }).toBe('1');
  });
});
