import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandLine, type Outcome } from '../testing/command-line.ts';
import { FakeService, surroundingsOf } from '../testing/fake-service.ts';

let service: FakeService;
let run: (...args: string[]) => Promise<Outcome>;
beforeAll(async () => {
  service = await FakeService.start();
  run = commandLine(surroundingsOf(service));
});
afterAll(() => service.close());

const at = Date.parse('2026-11-01T09:00:00+09:00');
const money = {
  quantity: '1500',
  listAmount: '30000',
  waiverAmount: '-20000',
  amountDue: '10000',
  taxAmount: '1000',
  amountWithTax: '11000',
};
const advice = { ja: '月末まで届いていません。', en: 'It has not arrived.' };
const blocker = { reason: 'producer_incomplete', producer: 'a'.repeat(32), advice };
const sent = (): unknown => JSON.parse(service.seen.at(-1)?.body.toString() ?? '');

describe('billing close', () => {
  const closing = {
    period: '2026-10',
    state: 'open',
    blockers: [blocker],
    statements: [
      { customer: 'pf-a', name: '株式会社甲', state: 'open', lateMonths: ['2026-09'], ...money, blockers: [] },
    ],
    totals: money,
  };

  it('shows an office in Japanese what would be closed, and what it waits for', async () => {
    service.answer(() => ({ body: closing }));
    const { exitCode, stdout, stderr } = await run('billing', 'close', '2026-10', '--dry-run');
    expect(exitCode).toBe(1);
    expect(sent()).toEqual({ dryRun: true });
    expect(stdout).toMatch(/^2026-10 {2}未締め \/ open、単位 円 \(yen\)\n顧客 CUSTOMER +状態 STATE/);
    expect(stdout).toMatch(/pf-a 株式会社甲 +未締め \/ open +1,500 +30,000 +-20,000 +10,000 +1,000 +11,000 +2026-09\n/);
    expect(stdout).toMatch(/合計 total +1,500 +30,000 +-20,000 +10,000 +1,000 +11,000\n/);
    expect(stdout).toContain(
      '締められない理由 / what it waits for:\n- 月末まで届いていません。\n  It has not arrived.\n',
    );
    expect(stderr).toContain('何も締めていません');
  });

  it('begins, and says that it goes on by itself', async () => {
    service.answer(() => ({ body: { ...closing, state: 'closing', pricesKnownAt: at, blockers: [] } }));
    const { exitCode, stdout, stderr } = await run('billing', 'close', '2026-10');
    expect([exitCode, sent()]).toEqual([0, { dryRun: false }]);
    expect(stdout).toContain('締め処理中 / closing、料金は 2026-11-01 09:00:00 JST 現在');
    expect(stderr).toContain('締め処理中です');
  });

  it('is 0 and quiet when all is closed', async () => {
    service.answer(() => ({ body: { ...closing, state: 'closed', closedAt: at, blockers: [], statements: [] } }));
    expect(await run('billing', 'close', '2026-10')).toMatchObject({ exitCode: 0, stderr: '' });
    expect(JSON.parse((await run('billing', 'close', '2026-10', '-o', 'json')).stdout)).toMatchObject({ closedAt: at });
    expect((await run('billing', 'close', '2026-13')).exitCode).toBe(2);
  });
});

describe('billing statements', () => {
  const summary = { period: '2026-10', number: '2026-000001', closedAt: at, contentHash: 'ab'.repeat(32), ...money };

  it('are listed over all pages', async () => {
    service.answer(({ path }) => ({
      body: path.includes('cursor=more')
        ? { items: [{ ...summary, customer: 'pf-b' }] }
        : { items: [{ ...summary, customer: 'pf-a' }], next: 'more' },
    }));
    const { stdout } = await run('billing', 'statements', '--period', '2026-10');
    expect(service.seen[0]?.path).toBe('/statements?period=2026-10&limit=1000');
    expect(stdout).toMatch(/2026-10 +pf-a +2026-000001 +2026-11-01 09:00:00 JST +1,500 .*\n2026-10 +pf-b/);
  });

  it('are shown one by one, with all their lines', async () => {
    const line = {
      ordinal: 1,
      kind: 'usage',
      serviceProvider: 'sp-a',
      usagePeriod: '2026-10',
      tariffId: 'fee',
      ...money,
    };
    const page = { ...summary, customer: 'pf-a', recipient: { name: '株式会社甲' }, creditNotes: ['R2026-000001'] };
    const body = { ...page, totals: money, tax: money };
    service.answer(({ path }) => ({
      body: path.includes('cursor=more')
        ? { ...body, items: [{ ...line, ordinal: 2 }] }
        : { ...body, items: [{ ...line, unitPrice: '20' }], next: 'more' },
    }));
    const { stdout } = await run('billing', 'statement', '2026-10', 'pf-a');
    expect(stdout).toMatch(/^2026-10 {2}2026-000001 {2}株式会社甲/);
    expect(stdout).toContain('返還 credit notes: R2026-000001\n');
    expect(stdout).toMatch(/ 1 +2026-10 +sp-a +usage +1,500 +20 +30,000 +-20,000 +10,000 +fee\n +2 +2026-10/);
  });
});

describe('billing credit-note', () => {
  const note = {
    number: 'R2026-000001',
    statement: { number: '2026-000001' },
    totals: { quantity: '-2', amountDue: '-210' },
    tax: { taxAmount: '-21', amountWithTax: '-231' },
  };
  const command = ['billing', 'credit-note', '2026-10', 'pf-a', '--reason-ja', '試験', '--reason-en', 'tests'];

  it('names lines and their right quantities', async () => {
    service.answer(() => ({ body: note }));
    const { exitCode, stdout } = await run(...command, '--line', '3=1200', '--line', '4=0');
    expect(exitCode).toBe(0);
    expect(sent()).toMatchObject({
      reason: { ja: '試験', en: 'tests' },
      correction: {
        kind: 'quantities',
        lines: [
          { line: 3, quantity: '1200' },
          { line: 4, quantity: '0' },
        ],
      },
      dryRun: false,
    });
    expect(stdout).toContain('R2026-000001 発行済み');
    expect(stdout).toContain('税込 total -231 円');
  });

  it('rates again, or cancels; one of them', async () => {
    service.answer(() => ({ body: { ...note, number: '' } }));
    const { stdout } = await run(...command, '--prices-known-at', '2026-11-05', '--dry-run');
    expect(sent()).toMatchObject({
      correction: { kind: 'prices', knownAt: Date.parse('2026-11-05T00:00:00+09:00') },
      dryRun: true,
    });
    expect(stdout).toContain('未発行');
    await run(...command, '--cancel');
    expect(sent()).toMatchObject({ correction: { kind: 'cancellation' } });
    for (const wrong of [
      [],
      ['--cancel', '--line', '1=0'],
      ['--line', '1'],
      ['--line', '1=0', '--prices-known-at', '2026-11-05'],
    ])
      expect((await run(...command, ...wrong)).exitCode, wrong.join(' ')).toBe(2);
  });
});

describe('billing reconcile', () => {
  const agreed = {
    period: '2026-10',
    days: [{ producer: 'j', day: '2026-10-01', counted: '1500', leaves: '1500', chargeable: '1400', billed: '1400' }],
    customers: [{ customer: 'pf-a', chargeable: '1400', billed: '1400' }],
    differences: [],
    late: [],
  };

  it('is 0 when everything agrees', async () => {
    service.answer(() => ({ body: agreed }));
    const { exitCode, stdout } = await run('billing', 'reconcile', '2026-10');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('一致しています');
    expect(stdout).toMatch(/j +2026-10-01 +1,500 +1,500 +1,400 +1,400\n/);
  });

  it('is 1 when anything differs, and says where', async () => {
    const difference = {
      kind: 'ledger_differs',
      producer: 'j',
      customer: 'pf-a',
      day: '2026-10-01',
      expected: '3',
      found: '2',
    };
    const late = [{ producer: 'j', customer: 'pf-b', day: '2026-10-02', chargeable: '3', billed: '2' }];
    service.answer(() => ({ body: { ...agreed, differences: [difference], late } }));
    const { exitCode, stdout } = await run('billing', 'reconcile', '2026-10');
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/台帳の食い違い ledger_differs +j +pf-a +2026-10-01 +3 +2\n/);
    expect(stdout).toMatch(/次の請求書へ[^]*j +2026-10-02 +pf-b +3 +2\n/);
  });

  it('reads the raw records, with progress, and never takes half an answer for a whole one', async () => {
    const progress = { progress: { segments: 10, ofSegments: 10, records: 5_000 } };
    const lines = [JSON.stringify(progress), JSON.stringify({ result: agreed })];
    service.answer(() => ({ body: `${lines.join('\n')}\n` }));
    const { exitCode, stderr, stdout } = await run('billing', 'reconcile', '2026-10', '--deep');
    expect(service.seen[0]?.path).toBe('/reconciliation/2026-10?deep=true');
    expect([exitCode, stdout.includes('一致')]).toEqual([0, true]);
    expect(stderr).toMatch(/10 \/ 10 segments, 5,000 records, .*\/s, 0 s left/);
    service.answer(() => ({ body: `${lines[0]}\n` }));
    expect(await run('billing', 'reconcile', '2026-10', '--deep')).toMatchObject({ exitCode: 3, stdout: '' });
  });
});

describe('billing producers', () => {
  const producer = 'ab'.repeat(16);
  const row = { producer, kind: 'journal', segments: '1200', missingSegments: '2', lastCountedAt: at };

  it('are listed and retired', async () => {
    service.answer(() => ({ body: { items: [row] } }));
    expect((await run('billing', 'producers', 'list')).stdout).toMatch(
      new RegExp(`${producer} +journal +1,200 +2 +2026-11-01 09:00:00 JST`),
    );
    await run('billing', 'producers', 'retire', producer, '--reason', '廃止', '--give-up', '2');
    expect(service.seen.at(-1)?.path).toBe(`/usage-producers/${producer}/retire`);
    expect(sent()).toEqual({ reason: '廃止', giveUpSegments: '2' });
    expect((await run('billing', 'producers', 'retire', 'x', '--reason', 'y')).exitCode).toBe(2);
    expect((await run('billing', 'producers', 'retire', producer)).exitCode).toBe(2);
  });
});
