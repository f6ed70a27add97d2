import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ClosingScene } from '../testing/closing-scene.ts';
import { JOURNAL } from '../testing/meter-under-test.ts';
import { jst, usageEvent } from '../testing/usage-events.ts';

interface Found {
  readonly days: readonly object[];
  readonly customers: readonly object[];
  readonly differences: readonly { readonly kind: string }[];
  readonly late: readonly object[];
}

let scene: ClosingScene;
beforeAll(async () => {
  scene = await ClosingScene.open();
  scene.meter.now = jst('2026-10-15T09:00:00');
  await scene.record([usageEvent({ time: jst('2026-10-01T00:00:00.000') })]);
  scene.meter.now = jst('2026-11-01T09:00:00');
  await scene.record([
    usageEvent({ time: jst('2026-10-31T12:00:00') }),
    usageEvent({ time: jst('2026-10-31T23:59:59.999'), outcome: 'unknown' }),
    usageEvent({ time: jst('2026-10-31T23:59:59.999'), platformProvider: 'pf-b' }),
    usageEvent({ time: jst('2026-11-01T00:00:00.000') }),
  ]);
  await scene.closeMonth('2026-10');
});
afterAll(() => scene.close());

const reconcile = (period = '2026-10'): Promise<Found> => scene.get(`/reconciliation/${period}`);
const deep = async (period = '2026-10'): Promise<{ progress: object[]; result: Found }> => {
  const { body } = await scene.meter.get(`/reconciliation/${period}?deep=true`, 'finance');
  const lines = body.trimEnd().split('\n');
  const parsed = lines.map((line) => JSON.parse(line) as { progress?: object; result?: Found });
  return { progress: parsed.flatMap(({ progress }) => progress ?? []), result: parsed.at(-1)?.result as Found };
};
const kindsOf = ({ differences }: Found): string[] => [...new Set(differences.map(({ kind }) => kind))].sort();

/** What is found while the tables say something else. */
async function after(change: string, look: () => Promise<Found> = reconcile): Promise<string[]> {
  const { database } = scene.meter;
  const tables = ['usage_producer_day', 'usage_day', 'usage_segment', 'usage_producer', 'ledger_producer_day'];
  for (const table of tables) await database.query(`CREATE TABLE kept_${table} AS TABLE ${table}`);
  try {
    await database.query(change);
    return kindsOf(await look());
  } finally {
    for (const table of tables) {
      await database.query(`TRUNCATE ${table}`);
      await database.query(`INSERT INTO ${table} TABLE kept_${table}`);
      await database.query(`DROP TABLE kept_${table}`);
    }
  }
}

describe('reconciliation', () => {
  it('shows each link of the chain by producer and day', async () => {
    expect(await reconcile()).toEqual({
      period: '2026-10',
      days: [
        { producer: JOURNAL, day: '2026-10-01', counted: '1', leaves: '1', chargeable: '1', billed: '1' },
        { producer: JOURNAL, day: '2026-10-31', counted: '3', leaves: '3', chargeable: '2', billed: '2' },
      ],
      customers: [
        { customer: 'pf-a', chargeable: '2', billed: '2' },
        { customer: 'pf-b', chargeable: '1', billed: '1' },
      ],
      differences: [],
      late: [],
    });
  });

  it('reads the raw records again, and says how far it is', async () => {
    const { progress, result } = await deep();
    expect(progress.at(-1)).toEqual({ segments: 2, ofSegments: 2, records: 5 });
    expect(result).toMatchObject({ differences: [], days: [{ archived: '1' }, { archived: '3', counted: '3' }] });
    expect((await deep('2026-09')).result).toMatchObject({ days: [], differences: [] });
  });

  it.each([
    ['segments_missing', `UPDATE usage_producer SET highest_sequence = highest_sequence + 1`],
    ['records_not_counted', `UPDATE usage_segment SET record_count = record_count + 1 WHERE sequence = 1`],
    ['chargeable_differs', `UPDATE usage_day SET outcome = 'revoked' WHERE outcome = 'unknown'`],
    [
      'usage_differs',
      `INSERT INTO usage_day SELECT day, 'pf-c', service_provider, authority_id, certificate_class,
       carrier, channel, purpose, 'unknown', 1 FROM usage_day WHERE day = '2026-10-01'`,
    ],
    ['ledger_differs', `DELETE FROM ledger_producer_day WHERE day = '2026-10-01'`],
    ['ledger_behind', `INSERT INTO ledger_pending VALUES ('pf-gone', 'x', 1, '2026-10-01')`],
  ])('finds %s', async (kind, change) => {
    const insideMonth = await after(change);
    await scene.meter.database.query(`DELETE FROM ledger_pending WHERE customer = 'pf-gone'`);
    expect(insideMonth).toEqual([kind]);
    expect(kindsOf(await reconcile())).toEqual([]);
  });

  it('finds a statement that bills what was not counted', async () => {
    const change = `UPDATE usage_producer_day SET chargeable = 0 WHERE platform_provider = 'pf-b'`;
    expect(await after(change)).toEqual(['chargeable_differs', 'statement_differs']);
  });

  it('finds a statement whose lines are of no producer and day, and one of another day', async () => {
    const only = (change: string) => `ALTER TABLE statement_usage DISABLE TRIGGER USER; ${change};
      ALTER TABLE statement_usage ENABLE TRIGGER USER`;
    const kept = await scene.meter.database.query<{ day: string }>(`SELECT day::text FROM statement_usage`);
    expect(kept.rows.map(({ day }) => day).sort()).toEqual(['2026-10-01', '2026-10-31', '2026-10-31']);
    await scene.meter.database.query(only(`UPDATE statement_usage SET quantity = 2 WHERE day = '2026-10-01'`));
    const more = await reconcile();
    await scene.meter.database.query(only(`UPDATE statement_usage SET quantity = 1 WHERE day = '2026-10-01'`));
    expect(more.differences).toEqual([
      { kind: 'statement_differs', producer: JOURNAL, customer: 'pf-a', day: '2026-10-01', expected: '1', found: '2' },
      { kind: 'statement_lines_differ', customer: 'pf-a', expected: '3', found: '2' },
    ]);
    await scene.meter.database.query(only(`UPDATE statement_usage SET day = '2026-10-02' WHERE day = '2026-10-01'`));
    const moved = await reconcile();
    await scene.meter.database.query(only(`UPDATE statement_usage SET day = '2026-10-01' WHERE day = '2026-10-02'`));
    expect(moved).toMatchObject({
      differences: [{ kind: 'statement_differs', day: '2026-10-02', expected: '0', found: '1' }],
      late: [{ day: '2026-10-01', chargeable: '1', billed: '0' }],
    });
    expect(kindsOf(await reconcile())).toEqual([]);
  });

  it('finds counts that the raw records do not bear out, however well the tables agree', async () => {
    const consistent = `WITH a AS (UPDATE usage_producer_day SET records = records + 1 WHERE day = '2026-10-01'),
      b AS (UPDATE usage_segment SET record_count = record_count + 1 WHERE sequence = 1),
      d AS (INSERT INTO usage_day SELECT day, platform_provider, 'sp-z', authority_id, certificate_class, carrier,
        channel, purpose, 'unknown', 1 FROM usage_day WHERE day = '2026-10-01')
      UPDATE ledger_producer_day SET leaves = leaves + 1 WHERE day = '2026-10-01'`;
    expect(await after(consistent)).toEqual([]);
    expect(await after(consistent, async () => (await deep()).result)).toEqual(['archive_damaged', 'archive_differs']);
  });

  it('finds a raw segment that is gone or altered', async () => {
    const { rows } = await scene.meter.database.query<{ object: string }>(
      'SELECT object FROM usage_segment WHERE sequence = 2',
    );
    const file = join(scene.meter.ledgerDirectory('x'), '../..', rows[0]?.object ?? '');
    const octets = readFileSync(file);
    rmSync(file);
    const found = (await deep()).result;
    expect(found.differences[0]).toMatchObject({ kind: 'archive_damaged', producer: JOURNAL, sequence: '2' });
    expect(kindsOf(found)).toEqual(['archive_chargeable_differs', 'archive_damaged', 'archive_differs']);
    writeFileSync(file, octets);
    expect((await deep()).result.differences).toEqual([]);
    expect(readdirSync(join(file, '..'))).toContain(rows[0]?.object.split('/').at(-1));
  });

  it('tells late usage from a difference', async () => {
    await scene.record([usageEvent({ time: jst('2026-10-20T00:00:00') })]);
    const late = [{ producer: JOURNAL, customer: 'pf-a', day: '2026-10-20', chargeable: '1', billed: '0' }];
    await expect.poll(() => reconcile()).toMatchObject({ differences: [], late });
  });

  it('is for finance and operators, and leaves a trace', async () => {
    expect((await scene.meter.get('/reconciliation/2026-10', 'operator')).status).toBe(200);
    expect((await scene.meter.get('/reconciliation/2026-10', 'pf-a')).status).toBe(403);
    expect((await scene.meter.get('/reconciliation/october', 'finance')).status).toBe(400);
    const { rows } = await scene.meter.database.query(
      `SELECT FROM audit_entry WHERE action = 'reconciliation.read' AND caller = 'operator'`,
    );
    expect(rows).toHaveLength(1);
  });
});

describe('producers', () => {
  const retire = (producer: string, caller: string, body: object) =>
    scene.meter.post(`/usage-producers/${producer}/retire`, caller, body);

  it('are listed with how far they are', async () => {
    expect(await scene.get('/usage-producers')).toMatchObject({
      items: [{ producer: JOURNAL, kind: 'journal', segments: '3', missingSegments: '0' }],
    });
    expect((await scene.meter.get('/usage-producers', 'pf-a')).status).toBe(403);
  });

  it('are taken out of service with a reason, and then no month waits for them', async () => {
    scene.meter.now = jst('2026-12-01T09:00:00');
    await scene.record([], { skip: 2 });
    expect(JSON.parse((await retire(JOURNAL, 'finance', { reason: '廃止' })).body)).toMatchObject({
      code: 'segments_missing',
    });
    const body = { reason: 'ディスク故障', giveUpSegments: '2' };
    expect((await retire(JOURNAL, 'pf-a', body)).status).toBe(403);
    expect((await retire(JOURNAL, 'finance', {})).status).toBe(400);
    expect((await retire('0'.repeat(32), 'finance', { reason: 'x' })).status).toBe(404);
    expect((await retire(JOURNAL, 'finance', body)).status).toBe(200);
    expect(await scene.get('/usage-producers')).toMatchObject({ items: [{ retiredAt: scene.meter.now }] });
    expect((await scene.view('2026-11')).blockers).toEqual([]);
    const { rows } = await scene.meter.database.query<{ subject: object }>(
      `SELECT subject FROM audit_entry WHERE action = 'usage_producer.retire'`,
    );
    expect(rows).toEqual([{ subject: { producer: JOURNAL, ...body } }]);
  });
});
