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
