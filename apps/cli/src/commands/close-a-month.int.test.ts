import { afterAll, beforeAll, expect, it } from 'vitest';
import { BilledCustomer, jst } from '../testing/billed-customer.ts';
import { commandLine, type Outcome } from '../testing/command-line.ts';

let meter: BilledCustomer;
let run: (...args: string[]) => Promise<Outcome>;
beforeAll(async () => {
  meter = await BilledCustomer.open();
  run = commandLine(meter.officeSurroundings());
});
afterAll(() => meter.close());

it('closes a month on a real meter, from the dry run to the credit note', async () => {
  await meter.use([jst('2026-10-01T00:00:00.000'), jst('2026-10-31T20:00:00.000')]);
  const early = await run('billing', 'close', '2026-10', '--dry-run');
  expect(early).toMatchObject({ exitCode: 1, stdout: expect.stringContaining('未締め / open') as string });
  expect(early.stdout).toContain('まで月が終わりません');

  await meter.closeMonth('2026-10', jst('2026-11-01T09:00:00'));
  const closed = await run('billing', 'close', '2026-10');
  expect(closed).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('締め済み / closed') as string });
  expect(closed.stdout).toMatch(/pf-a.*2026-000001 +2 /);
  expect((await run('billing', 'statements')).stdout).toMatch(/2026-10 +pf-a +2026-000001/);
  expect((await run('billing', 'statement', '2026-10', 'pf-a')).stdout).toMatch(
    / 2 +2026-10 +sp-1 +usage +signature card ocsp/,
  );

  for (const deep of [[], ['--deep']]) {
    const reconciled = await run('billing', 'reconcile', '2026-10', ...deep);
    expect(reconciled).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('一致しています') as string });
  }
  const note = ['billing', 'credit-note', '2026-10', 'pf-a', '--reason-ja', '試験', '--reason-en', 'tests'];
  const refused = await run(...note, '--line', '9=0', '--dry-run');
  expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('unknown_line') as string });
  expect((await run('billing', 'producers', 'list')).stdout).toContain('2026-11-01 09:00:00 JST');
});

it('takes credit notes off what a payer is told that it owes', async () => {
  expect(await run('waiver', 'end', 'ocsp-fee-waiver', '--to', '2026-12-01')).toMatchObject({ exitCode: 0 });
  await meter.use([1, 2, 3].map((day) => jst(`2026-12-0${day}T12:00:00`)));
  await meter.closeMonth('2026-11', jst('2027-01-01T09:00:00'));
  await meter.closeMonth('2026-12', jst('2027-01-01T10:00:00'));
  const note = ['billing', 'credit-note', '2026-12', 'pf-a', '--reason-ja', '試験', '--reason-en', 'tests'];
  expect(await run(...note, '--line', '2=0')).toMatchObject({ exitCode: 0 });
  const payer = commandLine(meter.surroundings());
  const verified = await payer('ledger', 'verify', '--statement', '2026-12');
  expect(verified).toMatchObject({ exitCode: 0 });
  expect(verified.stdout).toContain(
    '税込 with tax 24 円 yen\n返還 credit notes R2027-000001: 差引税込 owed with tax 4 円 yen',
  );
  const [statement, credit] = [await meter.statement('2026-12'), await meter.creditNote('2026-12', 'R2027-000001')];
  const files = await payer('ledger', 'verify', '--statement', statement, '--credit-note', credit, '-o', 'json');
  expect(JSON.parse(files.stdout)).toMatchObject({ statement: { amountWithTax: '24', owedWithTax: '4' } });
  const none = await payer('ledger', 'verify', '--statement', statement, '--credit-note', statement);
  expect(none).toMatchObject({ exitCode: 1, stdout: expect.stringContaining('malformed_document') as string });
});
