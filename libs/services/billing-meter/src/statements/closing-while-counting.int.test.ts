import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ClosedStatement, isChargeable, parseClosedStatement } from '@kakunin/billing';
import { billingPeriodOf } from '@kakunin/calendar';
import { accountsFor, LedgerReader, parseUsageLeaf, type UsageLeaf } from '@kakunin/usage-ledger';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ClosingScene } from '../testing/closing-scene.ts';
import { jst, usageEvent } from '../testing/usage-events.ts';

const CUSTOMERS = ['pf-a', 'pf-b'];
const BEGINNING = jst('2026-10-01T00:00:00');
const LANES = 3;
const SEGMENTS_EACH = 4;

let scene: ClosingScene;
beforeAll(async () => void (scene = await ClosingScene.open()));
afterAll(() => scene.close());

/** Usage of this month, of the months before, and of the first hours of the next one. */
const mixed = (first: number, seed: number) =>
  Array.from({ length: 5 }, (_, index) =>
    usageEvent({
      time: Math.max(BEGINNING, first - (((seed * 7 + index * 13) % 120) - 1) * 43_200_000),
      platformProvider: CUSTOMERS[(seed + index) % 2] ?? '',
      outcome: (seed + index) % 5 === 0 ? 'unknown' : 'good',
    }),
  );

async function recordMeanwhile(first: number, lane: number): Promise<void> {
  for (let number = 0; number < SEGMENTS_EACH; number += 1)
    await scene.record(mixed(first, (Math.floor(first / 86_400_000) + lane * 31 + number * 17) % 1_000));
}

async function statementsOf(customer: string): Promise<readonly ClosedStatement[]> {
  const { rows } = await scene.meter.database.query<{ content: Buffer }>(
    'SELECT content FROM statement WHERE customer = $1 ORDER BY period',
    [customer],
  );
  return rows.map(({ content }) => parseClosedStatement(content));
}

/** As anybody reads it who has the files. */
async function leavesOf(
  customer: string,
  { size, root }: { size: number; root: string },
): Promise<readonly UsageLeaf[]> {
  const directory = scene.meter.ledgerDirectory(customer);
  const read = async (path: string): Promise<Buffer | undefined> =>
    existsSync(join(directory, path)) ? readFileSync(join(directory, path)) : undefined;
  const reader = await LedgerReader.open({ read }, { size, root: Buffer.from(root, 'base64') });
  const leaves: UsageLeaf[] = [];
  for await (const bundle of reader.bundles()) leaves.push(...bundle.flatMap((octets) => parseUsageLeaf(octets) ?? []));
  return leaves;
}

it('usage that comes while months close is billed once, and each statement bills what its tree accounts for', async () => {
  for (const [period, first] of [
    ['2026-10', '2026-11-01'],
    ['2026-11', '2026-12-01'],
    ['2026-12', '2027-01-01'],
  ] as const) {
    scene.meter.now = jst(`${first}T12:00:00`);
    const start = jst(`${first}T00:00:00`);
    await scene.record(mixed(start, 1));
    const lanes = Array.from({ length: LANES }, (_, lane) => recordMeanwhile(start, lane));
    await Promise.all([scene.closeMonth(period), ...lanes]);
  }
  scene.meter.now = jst('2027-02-01T12:00:00');
  await scene.record([]);
  await scene.closeMonth('2027-01');

  for (const customer of CUSTOMERS) {
    const statements = await statementsOf(customer);
    expect(statements.some(({ lateMonths }) => lateMonths.length > 0)).toBe(true);
    const last = statements.at(-1)?.ledger;
    if (!last) throw new Error('no ledger');
    const leaves = await leavesOf(customer, last);
    for (const [index, { period, totals, ledger }] of statements.entries()) {
      const before = statements[index - 1];
      const previous = before && { period: before.period, size: before.ledger?.size ?? 0 };
      const head = { size: ledger?.size ?? 0, root: new Uint8Array() };
      const accounted = leaves.filter(
        ({ time, outcome }, leaf) =>
          isChargeable(outcome) && accountsFor({ period, head, previous }, leaf, billingPeriodOf(time)),
      );
      expect(BigInt(accounted.length), `${customer} ${period}`).toBe(totals.quantity);
    }
  }
  const found = await scene.get<{ customers: object[] }>('/reconciliation/2026-11');
  expect(found).toMatchObject({ differences: [], late: [] });
  const { rows } = await scene.meter.database.query(
    `SELECT (SELECT sum(chargeable) FROM usage_producer_day) = (SELECT sum(quantity) FROM statement_line) AS same`,
  );
  expect(rows).toEqual([{ same: true }]);
}, 60_000);
