import { afterAll, beforeAll, expect, it } from 'vitest';
import { commandLine, type Outcome } from '../testing/command-line.ts';
import { FakeService, surroundingsOf } from '../testing/fake-service.ts';

let service: FakeService;
let run: (...args: string[]) => Promise<Outcome>;
beforeAll(async () => {
  service = await FakeService.start();
  run = commandLine(surroundingsOf(service));
});
afterAll(() => service.close());

const totals = { quantity: '1500', listAmount: '30000', waiverAmount: '-30000', amountDue: '0' };
const line = {
  customer: 'pf',
  serviceProvider: 'sp',
  certificateClass: 'signature',
  carrier: 'card',
  channel: 'ocsp',
  purpose: 'signature_verification',
  unitPrice: '20',
  ...totals,
};

it('prints a month with list price, waiver and amount due', async () => {
  const statements = [{ customer: 'pf', lines: [line], totals }];
  service.answer(() => ({
    body: { period: '2026-10', state: 'open', asOf: '2026-10-31T23:59:59+09:00', statements, totals },
  }));
  const { exitCode, stdout } = await run('billing', 'export', '2026-10');
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^2026-10 \(open\), counted until 2026-10-31 23:59:59 JST, amounts in yen\n/);
  expect(stdout).toMatch(/pf +sp +signature +card +ocsp +signature_verification +1,500 +20 +30,000 +-30,000 +0\n/);
  expect(stdout).toMatch(/total +1,500 +30,000 +-30,000 +0\n$/);
});

it('hands csv through byte by byte', async () => {
  const csv = Buffer.from('\uFEFFbilling_period,state\r\n2026-10,open\r\n');
  service.answer(() => ({ body: csv }));
  const { octets } = await run('billing', 'export', '2026-10', '--format', 'csv');
  expect(octets.equals(csv)).toBe(true);
  expect(service.seen[0]!.path).toBe('/billing/2026-10?format=csv');
});

it('says of a dry run what would be sent, and sends nothing', async () => {
  service.answer(() => ({ status: 500, body: {} }));
  const outcome = await run('tariff', 'add', 't1', '--from', '2027-04-01', '--unit-price', '20', '--dry-run');
  expect(outcome).toMatchObject({ exitCode: 0, stderr: 'This would be sent. Nothing was sent.\n' });
  expect(JSON.parse(outcome.stdout)).toMatchObject({ id: 't1', unitPrice: '20' });
  expect(service.seen).toEqual([]);
});

it('records tariffs and waivers from midnight in Japan', async () => {
  service.answer(() => ({ status: 201, body: {} }));
  await run('tariff', 'add', 't1', '--from', '2027-04-01', '--unit-price', '20', '--class', 'signature');
  await run(
    'waiver',
    'add',
    'w1',
    '--from',
    '2027-04-01',
    '--to',
    '2028-04-01',
    '--ground-ja',
    '通知',
    '--ground-en',
    'Notice',
  );
  await run('waiver', 'end', 'w1', '--to', '2027-10-01');
  const validFrom = Date.parse('2027-04-01T00:00:00+09:00');
  expect(service.seen.map(({ path, body }) => [path, JSON.parse(body.toString()) as object])).toEqual([
    ['/tariffs', { id: 't1', scope: { certificateClass: 'signature' }, validFrom, unitPrice: '20' }],
    [
      '/waivers',
      {
        id: 'w1',
        scope: {},
        validFrom,
        validTo: Date.parse('2028-04-01T00:00:00+09:00'),
        legalGround: { ja: '通知', en: 'Notice' },
      },
    ],
    ['/waivers/w1/end', { validTo: Date.parse('2027-10-01T00:00:00+09:00') }],
  ]);
});

it('lists what is free, and why', async () => {
  const waiver = {
    id: 'w1',
    scope: { channel: 'ocsp' },
    validFrom: 1672498800000,
    recordedAt: 0,
    legalGround: { ja: '当分の間', en: 'for now' },
  };
  service.answer(() => ({ body: [waiver] }));
  expect((await run('waiver', 'list')).stdout).toMatch(/w1 +ocsp +2023-01-01 +当分の間 \/ for now/);
});
