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
  kind: 'usage',
  usagePeriod: '2026-10',
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
  expect(stdout).toMatch(
    /pf +sp +signature +card +ocsp +signature_verification +1,500 +20 +30,000 +-30,000 +0 +2026-10 +usage\n/,
  );
  expect(stdout).toMatch(/total +1,500 +30,000 +-30,000 +0 *\n$/);
});

it('prints a closed month from its statements, with lines that are no checks', async () => {
  const saving = { customer: 'pf', serviceProvider: 'sp', kind: 'pool_saving', usagePeriod: '2026-09', ...totals };
  const statements = ['pf', 'pg'].map((customer) => ({ content: { customer, lines: [line, saving], totals } }));
  service.answer(() => ({
    body: { period: '2026-10', state: 'closed', asOf: '2026-11-01T09:00:00+09:00', statements },
  }));
  const { stdout } = await run('billing', 'export', '2026-10');
  expect(stdout).toContain('2026-10 (closed), counted until 2026-11-01 09:00:00 JST');
  expect(stdout).toMatch(/2026-09 +pool_saving/);
  expect(stdout).toMatch(/total +3,000 +60,000 +-60,000 +0/);
});

it('downloads usage records and says how far it is', async () => {
  service.answer(() => ({ headers: { 'kakunin-record-count': '4' }, body: '\uFEFFevent_id\r\na\r\nb\r\n' }));
  const { stdout, stderr } = await run('billing', 'export', '2026-10', '--events');
  expect(stdout).toBe('\uFEFFevent_id\r\na\r\nb\r\n');
  expect(stderr).toMatch(/^3 lines read, .*75 %, \d+ s left\n$/);
  const after = `${'0'.repeat(32)}/7`;
  await run('billing', 'export', '2026-10', '--events', '--format', 'ndjson', '--after', after);
  expect(service.seen.slice(-2).map(({ path }) => path)).toEqual([
    '/billing/2026-10/records?format=csv',
    `/billing/2026-10/records?format=ndjson&after=${encodeURIComponent(after)}`,
  ]);
  await run('billing', 'export', '2026-10', '--format', 'csv', '--proof', 'sig');
  expect(service.seen.at(-1)?.path).toBe('/billing/2026-10?format=csv&proof=sig');
  for (const wrong of [
    ['--proof', 'sig'],
    ['--events', '--proof', 'sig', '--after', after],
    ['--until', '2026-11-05'],
    ['--events', '--format', 'focus'],
    ['--format', 'ndjson'],
    ['--after', after],
  ])
    expect((await run('billing', 'export', '2026-10', ...wrong)).exitCode).toBe(2);
});

it('shows the hash of usage records, and its signature, when the meter has read them', async () => {
  const result = {
    name: 'x.csv',
    bytes: 9,
    checksum: 'ab  x.csv\n',
    signature: Buffer.from('signed').toString('base64'),
  };
  const lines = [{ progress: { bytes: 4 } }, { result }].map((each) => JSON.stringify(each));
  service.answer(() => ({ body: `${lines.join('\n')}\n` }));
  const proof = ['billing', 'export', '2026-10', '--events', '--until', '2026-11-05', '--proof'];
  expect((await run(...proof, 'sha256')).stdout).toBe('ab  x.csv\n');
  expect((await run(...proof, 'sig')).stdout).toBe('signed');
  const until = Date.parse('2026-11-05T00:00:00+09:00');
  expect(service.seen.at(-1)?.path).toBe(`/billing/2026-10/records/proof?format=csv&until=${until}`);
  service.answer(() => ({ body: `${lines[0]}\n` }));
  expect(await run(...proof, 'sig')).toMatchObject({ exitCode: 3, stdout: '' });
});

it('removes what nobody has to keep, part by part, and a dry run asks once', async () => {
  const parts = [
    { objects: 1000, segments: 5000, minutes: 7, more: true },
    { objects: 1, segments: 2, minutes: 0, more: false },
  ];
  const bodies: unknown[] = [];
  service.answer(({ body }) => {
    bodies.push(JSON.parse(body.toString()));
    return { body: parts[(bodies.length - 1) % 2] ?? {} };
  });
  const prune = ['billing', 'prune', '--before', '2014-04', '--reason', '保存期間満了'];
  const removed = await run(...prune);
  expect(removed).toMatchObject({ exitCode: 0, stderr: '1,000 objects and 7 rows, and more to come\n' });
  expect(removed.stdout).toBe('削除済み removed: 原本 1,001 objects (5,002 segments), 分単位の集計 7 rows\n');
  expect((await run(...prune, '--dry-run')).stdout).toContain('to be removed: 原本 1,000 objects');
  expect(bodies).toEqual([false, false, true].map((dryRun) => ({ before: '2014-04', reason: '保存期間満了', dryRun })));
});

it('downloads documents of statements and credit notes byte by byte', async () => {
  const pdf = Buffer.from([0x25, 0x50, 0x44, 0x46, 0xff, 0x00]);
  service.answer(() => ({ body: pdf }));
  const { octets } = await run('billing', 'document', '2026-10', 'pf-a', 'invoice.pdf.sig');
  expect(octets.equals(pdf)).toBe(true);
  const rest = ['credit-note.xml', '--credit-note', 'R2026-000001', '--buyer', '0188:2021001052596'];
  await run('billing', 'document', '2026-10', 'pf-a', ...rest);
  expect(service.seen.slice(-2).map(({ path }) => path)).toEqual([
    '/statements/2026-10/pf-a/invoice.pdf.sig',
    '/statements/2026-10/pf-a/credit-notes/R2026-000001/credit-note.xml?buyer=0188%3A2021001052596',
  ]);
});

it('hands csv through byte by byte', async () => {
  const csv = Buffer.from('\uFEFFbilling_period,state\r\n2026-10,open\r\n');
  service.answer(() => ({ body: csv }));
  const { octets } = await run('billing', 'export', '2026-10', '--format', 'csv');
  expect(octets.equals(csv)).toBe(true);
  expect(service.seen[0]!.path).toBe('/billing/2026-10?format=csv');
});
