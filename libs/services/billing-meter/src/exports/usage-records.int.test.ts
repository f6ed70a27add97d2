import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { UsageEvent } from '@kakunin/usage';
import { ClosingScene } from '../testing/closing-scene.ts';
import { JOURNAL } from '../testing/meter-under-test.ts';
import { parseCsv } from '../testing/parse-csv.ts';
import { jst, usageEvent } from '../testing/usage-events.ts';

const OTHER = 'f'.repeat(32);
const FIRST = '2026-10-01T00:00:00.000';
const LAST = '2026-10-31T23:59:59.999';
const at = (text: string, rest: Partial<UsageEvent> = {}): UsageEvent => usageEvent({ time: jst(text), ...rest });

let scene: ClosingScene;
beforeAll(async () => {
  scene = await ClosingScene.open();
  scene.meter.now = jst('2026-10-02T09:00:00');
  await scene.record([at('2026-09-30T23:59:59.999'), at(FIRST), at(FIRST, { outcome: 'unknown' })]);
  scene.meter.now = jst('2026-11-02T09:00:00');
  await scene.record([
    at(LAST, { platformProvider: 'pf-b', serviceProvider: '=1,"x"' }),
    at(LAST),
    at('2026-11-01T00:00:00.000'),
  ]);
  await scene.record([at('2026-11-01T00:00:01.000')]);
  await scene.record([at('2026-10-15T12:00:00.007', { purpose: 'liveness_check' })], { producer: OTHER });
});
afterAll(() => scene.close());

const read = async (query: string, caller = 'finance') => {
  const answer = await scene.meter.get(`/billing/2026-10/records${query}`, caller);
  expect(answer.status).toBe(200);
  return { ...answer, text: answer.octets.toString('utf8') };
};

describe('the usage records of a month', () => {
  it('are all of it, to the millisecond in Japan, in the order of producers, segments and places', async () => {
    const { text, headers } = await read('');
    expect(headers).toMatchObject({ 'kakunin-record-count': '5', 'content-type': 'text/csv; charset=utf-8' });
    expect(text.startsWith('\uFEFFevent_id,')).toBe(true);
    const rows = parseCsv(text.slice(1));
    expect(rows.map(({ event_id, time }) => [event_id, time])).toEqual([
      [`${JOURNAL}/1/1`, `${FIRST}+09:00`],
      [`${JOURNAL}/1/2`, `${FIRST}+09:00`],
      [`${JOURNAL}/2/0`, `${LAST}+09:00`],
      [`${JOURNAL}/2/0`, `${LAST}+09:00`],
      [`${OTHER}/4/0`, '2026-10-15T12:00:00.007+09:00'],
    ]);
    expect(rows.map(({ chargeable }) => chargeable)).toEqual(['true', 'false', 'true', 'true', 'true']);
    expect(rows[2]).toMatchObject({ customer: 'pf-b', service_provider: `'=1,"x"`, outcome: 'good' });
    expect((await read('?format=csv')).text).toBe(text);
  });

  it('are one JSON text a line, with the same in it', async () => {
    const { text } = await read('?format=ndjson');
    const records = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(records).toHaveLength(5);
    expect(records[2]).toEqual({
      eventId: `${JOURNAL}/2/0`,
      time: `${LAST}+09:00`,
      customer: 'pf-b',
      serviceProvider: '=1,"x"',
      authorityId: 'sign-1',
      certificateClass: 'signature',
      carrier: 'card',
      channel: 'ocsp',
      purpose: 'signature_verification',
      outcome: 'good',
      chargeable: true,
    });
  });

  it("are a customer's own for itself, and a trace that it read them", async () => {
    const { text, headers } = await read('?format=ndjson', 'pf-b');
    expect(headers['kakunin-record-count']).toBe('1');
    expect(
      text
        .trimEnd()
        .split('\n')
        .map((line) => (JSON.parse(line) as { customer: string }).customer),
    ).toEqual(['pf-b']);
    expect((await scene.meter.get('/billing/2026-10/records', 'ca')).status).toBe(403);
    const { rows } = await scene.meter.database.query<{ subject: object }>(
      `SELECT subject FROM audit_entry WHERE caller = 'pf-b' AND action = 'billing.export'`,
    );
    expect(rows).toEqual([{ subject: { period: '2026-10', format: 'ndjson', records: true, customer: 'pf-b' } }]);
  });

  it('bear the ids of receipts and ledger, which say nothing of how much others use', async () => {
    const entries = await vi.waitFor(async () => {
      const answer = await scene.meter.get('/ledgers/pf-a/tile/entries/000.p/7', 'pf-a');
      if (answer.status !== 200) throw new Error('the ledger is behind');
      return answer.octets.toString('latin1');
    });
    const leaves = Array.from(entries.matchAll(/\{[^}]*\}/g), ([leaf]) => JSON.parse(leaf) as Record<string, string>);
    const timeOf = (time = ''): number => Date.parse(time);
    const times = new Map(leaves.map(({ eventId = '', time }) => [eventId, timeOf(time)]));
    const rows = parseCsv((await read('', 'pf-a')).text.slice(1));
    expect(rows).toHaveLength(4);
    for (const { event_id = '', time } of rows) expect(timeOf(time), event_id).toBe(times.get(event_id));
  });

  it('go on behind the segment where a download broke off', async () => {
    const { text } = await read('');
    const rest = (await read(`?after=${JOURNAL}/1`)).text;
    expect(text.endsWith(rest)).toBe(true);
    expect(parseCsv(`${text.slice(1).split('\r\n')[0]}\r\n${rest}`)).toHaveLength(3);
    expect((await scene.meter.get('/billing/2026-10/records?after=x', 'finance')).status).toBe(400);
  });

  it('break off rather than leave out what is damaged', async () => {
    await scene.meter.database.query(`UPDATE usage_segment SET sha256 = sha256('other') WHERE producer = $1`, [OTHER]);
    await expect(scene.meter.get('/billing/2026-10/records', 'finance')).rejects.toThrow();
  });
});
