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

const count = {
  start: '2026-10',
  customer: 'pf',
  serviceProvider: 'sp',
  authorityId: 'sign-1',
  certificateClass: 'signature',
  carrier: 'card',
  channel: 'crl',
  purpose: 'liveness_check',
  outcome: 'good',
  quantity: '1234567',
};
const october = ['--from', '2026-10-01', '--to', '2026-11-01'];

it('shows what was counted, page after page', async () => {
  service.answer(({ path }) => ({
    body: path.includes('cursor=') ? { items: [{ ...count, quantity: '8' }] } : { items: [count], next: 'abc' },
  }));
  const { exitCode, stdout } = await run('usage', 'show', ...october, '--by', 'month', '--channel', 'crl');
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/2026-10 +pf +sp +sign-1 +signature +card +crl +liveness_check +good +1,234,567\n/);
  expect(stdout).toMatch(/good +8\n$/);
  const query = '/usage?by=month&from=2026-10-01&to=2026-11-01&channel=crl&limit=1000';
  expect(service.seen.map(({ path }) => path)).toEqual([query, `${query}&cursor=abc`]);
});

it('hands csv through', async () => {
  const csv = Buffer.from('\uFEFFstart,quantity\r\n2026-10-01,1\r\n');
  service.answer(() => ({ body: csv }));
  const { octets } = await run('usage', 'show', ...october, '--service-provider', '', '-o', 'csv');
  expect(octets.equals(csv)).toBe(true);
  expect(service.seen[0]!.path).toBe('/usage?by=day&from=2026-10-01&to=2026-11-01&serviceProvider=&format=csv');
});

it('asks for days that there are', async () => {
  service.answer(() => ({ body: { items: [] } }));
  expect((await run('usage', 'show', '--from', '2026-02-30', '--to', '2026-03-01')).exitCode).toBe(2);
  expect((await run('usage', 'show', '--from', '2026-02-01')).exitCode).toBe(2);
  expect(service.seen).toEqual([]);
});

it('ends with 1 when an event is in quarantine', async () => {
  const refused = { source: '/checker', id: 'e-1', time: '2026-10-01T00:00:00Z' };
  service.answer(() => ({ body: { items: [{ customer: 'pf', refusedAt: 0, refused }] } }));
  const { exitCode, stdout } = await run('usage', 'quarantine');
  expect([exitCode, stdout]).toEqual([1, expect.stringContaining('/checker  e-1')]);
  service.answer(() => ({ body: { items: [] } }));
  expect(await run('usage', 'quarantine')).toMatchObject({ exitCode: 0, stdout: '(none)\n' });
});
