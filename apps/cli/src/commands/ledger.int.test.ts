import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BilledCustomer, jst } from '../testing/billed-customer.ts';
import { commandLine, type Outcome } from '../testing/command-line.ts';

let customer: BilledCustomer;
let folder: string;
let run: (...args: string[]) => Promise<Outcome>;
let october: string;
let november: string;
beforeAll(async () => {
  customer = await BilledCustomer.open();
  folder = mkdtempSync(join(tmpdir(), 'kakunin-ledger-verify-'));
  run = commandLine(customer.surroundings());
  const from = (time: string, count: number) => Array.from({ length: count }, (_, index) => jst(time) + index);
  await customer.use(from('2026-10-05T12:00:00', 400));
  await customer.use([jst('2026-10-31T23:59:59.999'), jst('2026-11-01T00:00:00')]);
  await customer.closeMonth('2026-10', jst('2026-11-01T09:00:00'));
  october = await customer.statement('2026-10');
  // Late usage of October, and usage of November.
  await customer.use([...from('2026-10-20T12:00:00', 30), ...from('2026-11-02T12:00:00', 200)]);
  await customer.closeMonth('2026-11', jst('2026-12-01T09:00:00'));
  november = await customer.statement('2026-11');
  writeFileSync(file('receipts.ndjson'), customer.receipts);
}, 60_000);
afterAll(async () => {
  await customer.close();
  rmSync(folder, { recursive: true });
});

const file = (name: string): string => join(folder, name);
/** All that a careful payer gives. */
const verify = (...args: string[]): Promise<Outcome> => verifyWith('receipts.ndjson', ...args);
const verifyWith = (receipts: string, ...args: string[]): Promise<Outcome> =>
  run('ledger', 'verify', '--receipts', file(receipts), '--all-receipts', ...args);
const kindsIn = ({ stdout }: Outcome): string[] =>
  Object.keys((JSON.parse(stdout) as { counts: object }).counts).toSorted();

/** A copy of the customer's ledger, in which one file is changed. */
function alteredLedger(path: string, change: (octets: Buffer) => Buffer): string {
  const copy = mkdtempSync(join(folder, 'ledger-'));
  cpSync(customer.ledgerDirectory, copy, { recursive: true, dereference: true });
  writeFileSync(join(copy, path), change(readFileSync(join(copy, path))));
  return copy;
}

describe('kakunin ledger verify', () => {
  it('finds nothing wrong with honest statements, over HTTPS, and keeps keys and checkpoints', async () => {
    const kept = file('kept');
    const first = await verify('--statement', october, '--checkpoints', kept);
    expect(first).toMatchObject({
      exitCode: 0,
      stderr: expect.stringContaining('compare it with what you were given'),
    });
    expect(first.stdout).toMatch(
      /^請求書 statement \S+: pf-a 2026-10, 361 件 checks, 税込 with tax 0 円 yen\n台帳 ledger: 632 件 leaves\n/,
    );
    expect(first.stdout).toContain('誤りはありません。 Everything is right.\n');
    expect(readdirSync(kept).toSorted()).toEqual(['632.checkpoint', 'ledger-key', 'signing-key.pem']);
    const second = await verify('--statement', november, '--earlier', october, '--checkpoints', kept);
    expect(second).toMatchObject({ exitCode: 0, stderr: '' });
    expect(second.stdout).toContain('pf-a 2026-11, 208 件 checks');
  });

  it('or takes everything from the meter, given a month', async () => {
    const outcome = await verify('--statement', '2026-11');
    expect(outcome.stdout).toContain('pf-a 2026-11, 208 件 checks');
    expect(outcome).toMatchObject({ exitCode: 0 });
  });

  it('or verifies the ledger alone, before there is a statement', async () => {
    expect(await verify()).toMatchObject({
      exitCode: 0,
      stdout: '台帳 ledger: 632 件 leaves\n誤りはありません。 Everything is right.\n',
    });
  });

  it('or over a copy on disk', async () => {
    const ledger = alteredLedger('tile/0/000', (octets) => octets);
    expect(await verify('--statement', october, '--ledger', ledger)).toMatchObject({ exitCode: 0 });
  });

  it('misses the earlier statement when it is not given', async () => {
    const outcome = await verify('--statement', november, '-o', 'json');
    expect(outcome.exitCode).toBe(1);
    expect(kindsIn(outcome)).toEqual(['line_differs', 'total_differs']);
  });
});

describe('it finds', () => {
  it('a charge that was never made', async () => {
    const lines = customer.receipts.split('\n');
    writeFileSync(file('fewer.ndjson'), lines.toSpliced(5, 1).join('\n'));
    const outcome = await verifyWith('fewer.ndjson', '--statement', october);
    expect(outcome.exitCode).toBe(1);
    expect(outcome.stdout).toMatch(/1 件の誤りがあります。/);
    expect(outcome.stdout).toMatch(
      /leaf_without_receipt +台帳の記録 5 .*受領票のない確認です。 +Leaf 5 .*no receipt was given/,
    );
  });

  it('an answer that is missing from the ledger', async () => {
    const { eventId, ...receipt } = JSON.parse(customer.receipts.split('\n')[0]!) as { eventId: string };
    const lost = JSON.stringify({ ...receipt, eventId: eventId.replace('/1/', '/77/') });
    writeFileSync(file('more.ndjson'), `${customer.receipts}${lost}\n`);
    const outcome = await verifyWith('more.ndjson', '--statement', october, '-o', 'json');
    expect(kindsIn(outcome)).toEqual(['receipt_without_leaf']);
  });

  it('a changed leaf', async () => {
    const ledger = alteredLedger('tile/entries/000', (octets) => {
      octets.write('"sp-9"', octets.indexOf('"sp-0"'));
      return octets;
    });
    const outcome = await verify('--statement', october, '--ledger', ledger, '-o', 'json');
    expect(outcome.exitCode).toBe(1);
    expect(kindsIn(outcome)).toContain('unreadable');
  });

  it('a rewritten tree, though it is signed by the right key', async () => {
    const kept = file('kept-of-another-past');
    await verify('--statement', october, '--checkpoints', kept);
    const other = await BilledCustomer.open(customer.directory);
    try {
      await other.use(Array.from({ length: 700 }, (_, index) => jst('2026-10-06T12:00:00') + index));
      await other.untilLedgerHas(700);
      const where = ['--ledger', other.ledgerDirectory, '-o', 'json'];
      const outcome = await verify('--statement', october, '--checkpoints', kept, ...where);
      expect(outcome.exitCode).toBe(1);
      expect(kindsIn(outcome)).toEqual(expect.arrayContaining(['rewritten', 'statement_tree_differs']));
      expect(readdirSync(kept)).not.toContain('700.checkpoint');
    } finally {
      await other.close();
    }
  });

  it('a wrong tariff, and what it costs', async () => {
    const known = { validFrom: jst('2023-01-01T00:00:00'), recordedAt: 0, taxCategory: 'standard' };
    const tariffs = [{ id: 'all', scope: {}, price: { kind: 'unit', unitPrice: '20' }, ...known }];
    writeFileSync(file('prices.json'), JSON.stringify({ tariffs, waivers: [], commitments: [] }));
    const outcome = await verify('--statement', october, '--prices', file('prices.json'));
    expect(outcome.exitCode).toBe(1);
    expect(outcome.stdout).toContain('2026-10分は、公表された料金表とは別の料金で計算されています。');
    expect(outcome.stdout).toMatch(/line_differs .*円です。/);
  });

  it('a wrong sum, though nobody could sign it', async () => {
    const statement = JSON.parse(readFileSync(october, 'utf8')) as { totals: { quantity: string } };
    const octets = readFileSync(october, 'utf8').replace(
      `"totals":{"amountDue":"0","listAmount":"`,
      `"totals":{"amountDue":"9","listAmount":"`,
    );
    expect(octets).not.toBe(readFileSync(october, 'utf8'));
    expect(statement.totals.quantity).toBe('361');
    writeFileSync(file('forged.json'), octets);
    writeFileSync(file('forged.json.sig'), readFileSync(`${october}.sig`));
    const outcome = await verify('--statement', file('forged.json'), '-o', 'json');
    expect(kindsIn(outcome)).toEqual(['signature_invalid', 'sum_differs']);
  });
});

describe('kakunin ledger copy', () => {
  it('brings a ledger into a directory that can be verified without the meter, and then only what is new', async () => {
    const copy = file('copy');
    expect(await run('ledger', 'copy', copy)).toMatchObject({ exitCode: 0, stderr: 'The ledger has 632 leaves.\n' });
    expect(await verify('--statement', october, '--ledger', copy)).toMatchObject({ exitCode: 0 });
    rmSync(join(copy, 'tile/0/001'));
    writeFileSync(join(copy, 'tile/0/000'), 'altered here');
    expect(await run('ledger', 'copy', copy)).toMatchObject({ exitCode: 0 });
    expect(readFileSync(join(copy, 'tile/0/001')).length).toBe(8192);
    expect(readFileSync(join(copy, 'tile/0/000'), 'utf8')).toBe('altered here');
  });

  it("does not get at somebody else's", async () => {
    const { billingUrl } = customer.surroundings().profile!;
    const outcome = await run('ledger', 'copy', file('others'), '--ledger', `${billingUrl}/ledgers/pf-b`);
    expect(outcome).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('not yours to read') });
  });

  it('so that the commands of docs/reference/usage-ledger.md work on it', async () => {
    const work = mkdtempSync(join(folder, 'docs-'));
    await run('ledger', 'copy', join(work, 'ledger'));
    const { stdout: key } = await run('ledger', 'key');
    writeFileSync(join(work, 'verifier-key'), key);
    const commands = readFileSync(join(import.meta.dirname, '../../../../docs/reference/usage-ledger.md'), 'utf8')
      .split('## With standard tools')[1]!
      .matchAll(/```sh\n([^]*?)```/g);
    const [root, signature] = Array.from(commands, ([, block]) => block!) as [string, string];
    const sh = (script: string): string => execFileSync('sh', ['-ec', script], { cwd: work, encoding: 'utf8' });
    expect(sh(signature)).toContain('Signature Verified Successfully');
    // The block speaks of a tree of one bundle: the first bundle here is a tree whose root is a hash of the level above.
    const above = readFileSync(join(work, 'ledger/tile/1/000.p/2')).subarray(0, 32);
    expect(sh(root.replace('000.p/200', '000'))).toBe(`256 ${above.toString('base64')}\n`);
  });
});

describe('it says what is missing', () => {
  it.each([
    [['--statement', 'nowhere.json'], 2, 'nowhere.json cannot be read'],
    [['--statement', 'OCTOBER', '--receipts', 'nowhere.ndjson'], 2, 'nowhere.ndjson cannot be read'],
    [['--statement', 'OCTOBER', '--receipts', 'OCTOBER'], 2, 'this is no receipt'],
    [['--statement', 'OCTOBER', '--prices', 'OCTOBER'], 2, 'holds no { tariffs'],
    [['--statement', 'OCTOBER', '--ledger', 'https://localhost:1/ledgers/pf-a'], 3, 'The ledger cannot be read'],
  ])('%j', async (args, exitCode, message) => {
    const outcome = await run('ledger', 'verify', ...args.map((arg) => (arg === 'OCTOBER' ? october : arg)));
    expect(outcome).toMatchObject({ exitCode, stderr: expect.stringContaining(message) });
  });
});
