import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseClosedStatement } from '@kakunin/billing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ClosingScene } from '../testing/closing-scene.ts';
import { jst, usageEvent } from '../testing/usage-events.ts';

let scene: ClosingScene;
beforeAll(async () => void (scene = await ClosingScene.open()));
afterAll(() => scene.close());

const at = (text: string, rest: Parameters<typeof usageEvent>[0] = {}) => usageEvent({ time: jst(text), ...rest });
const problem = ({ status, body }: { status: number | undefined; body: string }): unknown => [
  status,
  (JSON.parse(body) as { code: unknown }).code,
];
const reasons = (blockers: readonly { reason: string }[]): string[] => blockers.map(({ reason }) => reason);
const close = (period: string, caller = 'finance', body: object = {}) =>
  scene.meter.post(`/billing/${period}/close`, caller, body);

async function document(
  period: string,
  customer: string,
): Promise<{ octets: Buffer; hash: string; signature: Buffer }> {
  const { rows } = await scene.meter.database.query<{ content: Buffer; content_hash: Buffer; signature: Buffer }>(
    'SELECT content, content_hash, signature FROM statement WHERE period = $1 AND customer = $2',
    [period, customer],
  );
  const [row] = rows;
  if (!row) throw new Error('no statement');
  return { octets: row.content, hash: row.content_hash.toString('hex'), signature: row.signature };
}

describe('a month', () => {
  it('that is not over can be looked at, and not closed', async () => {
    scene.meter.now = jst('2026-10-31T23:59:59.999');
    await scene.record([
      at('2026-10-01T00:00:00.000'),
      at('2026-10-31T23:59:59.999'),
      at('2026-10-15T12:00:00', { outcome: 'revoked' }),
      at('2026-10-15T12:00:00', { outcome: 'unknown' }),
      at('2026-10-15T12:00:00', { platformProvider: 'pf-b', serviceProvider: '' }),
    ]);
    expect(problem(await close('2026-10'))).toEqual([409, 'month_not_over']);
    const view = JSON.parse((await close('2026-10', 'finance', { dryRun: true })).body) as Awaited<
      ReturnType<ClosingScene['view']>
    >;
    expect(view).toMatchObject({
      state: 'open',
      statements: [
        { customer: 'pf-a', name: 'pf-a', state: 'open', quantity: '3', amountDue: '315', taxAmount: '31' },
        { customer: 'pf-b', quantity: '1', amountDue: '105', amountWithTax: '115' },
      ],
      totals: { quantity: '4', amountDue: '420', taxAmount: '41', amountWithTax: '461' },
    });
    expect(reasons(view.blockers)).toEqual(['month_not_over', 'producer_incomplete']);
    expect(view.blockers[0]?.advice.ja).toContain('2026-11-01 00:00:00 JST');
  });

  it('is closed by finance alone', async () => {
    scene.meter.now = jst('2026-11-01T09:00:00');
    for (const caller of ['operator', 'pf-a', 'ca']) expect((await close('2026-10', caller)).status).toBe(403);
    expect((await scene.meter.get('/billing/2026-10/close', 'pf-a')).status).toBe(403);
    expect((await close('2026-13')).status).toBe(400);
    expect((await close('2026-10', 'finance', { dryRun: 'no' })).status).toBe(400);
  });

  it('waits for its journals, and no change of prices touches it from then on', async () => {
    expect((await close('2026-10')).status).toBe(200);
    const { blockers, ...view } = await scene.view('2026-10');
    expect(view).toMatchObject({ state: 'closing', pricesKnownAt: scene.meter.now });
    expect(reasons(blockers)).toEqual(['producer_incomplete']);
    await expect
      .poll(() => scene.meter.metrics())
      .toContain('kakunin_billing_closing_blockers{reason="producer_incomplete"} 1');
    scene.meter.now += 60_000;
    const tariffs = await scene.get<{ items: { id: string; recordedAt: number }[] }>('/tariffs');
    const fee = tariffs.items.find(({ id }) => id === 'fee-pf-a');
    await scene.post('/tariffs/fee-pf-a/revisions', {
      scope: { customer: 'pf-a', channel: 'ocsp', certificateClass: 'signature' },
      price: { kind: 'unit', unitPrice: '95' },
      taxCategory: 'standard',
      validFrom: jst('2026-10-01T00:00:00'),
      replaces: fee?.recordedAt,
      reason: '単価の誤り',
    });
    expect((await scene.view('2026-10')).statements[0]).toMatchObject({ amountDue: '315' });
  });

  it('is closed when they are complete: numbered, hashed and signed, with the head of the ledger', async () => {
    await scene.record([]);
    await expect.poll(async () => (await scene.view('2026-10')).state, { timeout: 15_000 }).toBe('closed');
    const { octets, hash, signature } = await document('2026-10', 'pf-a');
    expect(createHash('sha256').update(octets).digest('hex')).toBe(hash);
    const statement = parseClosedStatement(octets);
    const checkpoint = readFileSync(join(scene.meter.ledgerDirectory('pf-a'), 'checkpoint'), 'utf8').split('\n');
    expect(statement).toMatchObject({
      number: '2026-000001',
      issuer: { name: '確認機構', registrationNumber: 'T7000012050002' },
      recipient: { name: 'pf-a' },
      pricesKnownAt: jst('2026-11-01T09:00:00'),
      totals: { quantity: 3n, amountDue: 315n },
      tax: { rounding: 'floor', taxAmount: 31n, amountWithTax: 346n },
      ledger: { origin: checkpoint[0], size: 4, root: checkpoint[2] },
      lateMonths: [],
    });
    const folder = mkdtempSync(join(tmpdir(), 'kakunin-statement-'));
    const file = (name: string, content: string | Uint8Array): string => {
      writeFileSync(join(folder, name), content);
      return join(folder, name);
    };
    const key = (await scene.meter.get('/signing-key')).body;
    const verified = execFileSync('openssl', [
      'pkeyutl',
      '-verify',
      '-pubin',
      '-rawin',
      '-inkey',
      file('key.pem', key),
      '-in',
      file('statement.json', octets),
      '-sigfile',
      file('statement.sig', signature),
    ]);
    expect(verified.toString()).toContain('Signature Verified Successfully');
    rmSync(folder, { recursive: true });
  });

  it('stays as it is when it is closed again', async () => {
    const before = await document('2026-10', 'pf-a');
    expect(await scene.closeMonth('2026-10')).toMatchObject({ state: 'closed', blockers: [] });
    expect(await document('2026-10', 'pf-a')).toEqual(before);
  });

  it('is not closed after a later one', async () => {
    expect(problem(await close('2026-08'))).toEqual([409, 'month_passed']);
  });
});

describe('a closed statement', () => {
  it.each([
    `UPDATE statement SET amount_due = 0`,
    `DELETE FROM statement`,
    `TRUNCATE statement CASCADE`,
    `UPDATE statement_line SET quantity = 0`,
    `DELETE FROM statement_line WHERE ordinal = 1`,
    `INSERT INTO statement_line SELECT period, customer, 99, kind, service_provider, usage_period, certificate_class,
       carrier, channel, purpose, unit_price, tier, tariff_id, waiver_id, tax_category, quantity, list_amount,
       waiver_amount, amount_due FROM statement_line LIMIT 1`,
    `INSERT INTO statement SELECT period, 'pf-c', issuer, 'x', prices_known_at, closed_at, content, content_hash, signature, line_count,
       quantity, list_amount, waiver_amount, amount_due, tax_amount, amount_with_tax FROM statement LIMIT 1`,
    `UPDATE billing_month SET state = 'closing', closed_at = NULL`,
    `UPDATE billing_month SET prices_known_at = now()`,
    `UPDATE billing_month SET begun_by = 'nobody'`,
    `DELETE FROM billing_month`,
  ])('refuses %s', async (sql) => {
    await expect(scene.meter.database.query(sql)).rejects.toMatchObject({ code: '23001' });
  });

  it('is shown with its lines, page by page, to its customer and to finance', async () => {
    const statement = await scene.get('/statements/2026-10/pf-a', 'pf-a');
    const { hash, signature } = await document('2026-10', 'pf-a');
    expect(statement).toMatchObject({
      number: '2026-000001',
      contentHash: hash,
      signature: signature.toString('base64'),
      totals: { quantity: '3', amountDue: '315' },
      tax: { taxAmount: '31' },
      creditNotes: [],
      items: [{ ordinal: 1, serviceProvider: 'sp-a', unitPrice: '105', quantity: '3', usagePeriod: '2026-10' }],
    });
    expect(await scene.get('/statements/2026-10/pf-b')).toMatchObject({ number: '2026-000002' });
    const page = await scene.get<{ items: object[]; next: string }>('/statements?limit=1');
    expect(page.items).toMatchObject([{ customer: 'pf-a', amountWithTax: '346', lineCount: 1 }]);
    const rest = await scene.get<{ items: object[]; next?: string }>(`/statements?limit=1&cursor=${page.next}`);
    expect(rest).toMatchObject({ items: [{ customer: 'pf-b' }] });
    expect(rest.next).toBeUndefined();
  });

  it('of somebody else is as one that is not there', async () => {
    expect(await scene.get('/statements', 'pf-b')).toMatchObject({ items: [{ customer: 'pf-b' }] });
    expect(await scene.get('/statements?customer=pf-a', 'pf-b')).toEqual({ items: [] });
    const [other, none] = await Promise.all(
      ['2026-10/pf-a', '2026-07/pf-b'].map((path) => scene.meter.get(`/statements/${path}`, 'pf-b')),
    );
    expect(other).toMatchObject({ status: 404, body: none?.body });
    for (const path of ['/statements/2026-10/pf-a/credit-notes', '/statements/2026-07/pf-b/credit-notes'])
      expect(await scene.meter.get(path, 'pf-b')).toMatchObject({ status: 404, body: none?.body });
    expect((await scene.meter.get('/statements', 'ca')).status).toBe(403);
  });

  it('leaves a trace of who closed and who read', async () => {
    const { rows } = await scene.meter.database.query<{ entry: string }>(
      `SELECT DISTINCT caller || ' ' || action || ' ' || (subject ->> 'period') AS entry FROM audit_entry
       WHERE action LIKE 'billing.%' AND subject ->> 'period' IS NOT NULL ORDER BY 1`,
    );
    expect(rows.map(({ entry }) => entry)).toEqual(
      expect.arrayContaining(['finance billing.close 2026-10', 'pf-a billing.read 2026-10']),
    );
  });
});

describe('late usage', () => {
  it('goes to the next statement as a line that names its month, priced as that month was', async () => {
    scene.meter.now = jst('2026-12-01T10:00:00');
    await scene.record([at('2026-10-31T23:59:59.999'), at('2026-11-01T00:00:00.000'), at('2026-09-30T23:59:59.999')]);
    const before = await document('2026-10', 'pf-a');
    await scene.closeMonth('2026-11');
    expect(await document('2026-10', 'pf-a')).toEqual(before);
    const statement = parseClosedStatement((await document('2026-11', 'pf-a')).octets);
    expect(
      statement.lines.map(({ usagePeriod, quantity, unitPrice, amountDue }) => [
        usagePeriod,
        quantity,
        unitPrice,
        amountDue,
      ]),
    ).toEqual([
      ['2026-09', 1n, 20n, 0n],
      ['2026-10', 1n, 105n, 105n],
      ['2026-11', 1n, 95n, 95n],
    ]);
    expect(statement.lateMonths.map(({ period, pricesKnownAt }) => [period, pricesKnownAt])).toEqual([
      ['2026-09', jst('2026-11-01T09:00:00')],
      ['2026-10', jst('2026-11-01T09:00:00')],
    ]);
    expect(statement).toMatchObject({ number: '2026-000003', ledger: { size: 7 } });
    expect((await scene.view('2026-11')).statements).toMatchObject([{ customer: 'pf-a' }]);
  });

  it('of one who has nothing else still gets a statement', async () => {
    scene.meter.now = jst('2027-01-01T10:00:00');
    await scene.record([at('2026-10-20T00:00:00', { platformProvider: 'pf-b', serviceProvider: '' })]);
    const { statements } = await scene.closeMonth('2026-12');
    expect(statements).toMatchObject([{ customer: 'pf-b', number: '2027-000001', quantity: '1', amountDue: '105' }]);
  });
});

describe('blockers', () => {
  it('name the segments that are missing, the customer without a name, and the month before that is open', async () => {
    scene.meter.now = jst('2027-02-01T10:00:00');
    await scene.record([at('2027-01-15T00:00:00', { platformProvider: 'pf-z' })], { skip: 2 });
    await scene.post('/billing/2027-01/close', {});
    scene.meter.now = jst('2027-03-01T10:00:00');
    const view = await scene.view('2027-01');
    expect(reasons(view.blockers).sort()).toEqual(['missing_segments', 'producer_incomplete']);
    await expect
      .poll(async () =>
        (await scene.view('2027-01')).statements.map(({ customer, blockers }) => [customer, reasons([...blockers])]),
      )
      .toEqual([['pf-z', ['invoice_item_missing']]]);
    expect(reasons((await scene.view('2027-02')).blockers)).toContain('earlier_month_open');
  });

  it('show usage that has no price; once it has one, finance lets the month take it', async () => {
    scene.meter.now = jst('2027-03-01T10:00:00');
    await scene.post('/tariffs/crl-free/end', { validTo: jst('2027-03-05T00:00:00') });
    scene.meter.now = jst('2027-03-11T10:00:00');
    await scene.record([at('2027-03-10T00:00:00', { channel: 'crl' })]);
    scene.meter.now = jst('2027-04-01T10:00:00');
    await scene.post('/billing/2027-03/close', {});
    const { statements } = await scene.view('2027-03');
    expect(statements[0]?.blockers.at(-1)).toMatchObject({ reason: 'not_rated', customer: 'pf-a', code: 'no_tariff' });
    scene.meter.now += 60_000;
    const price = { price: { kind: 'unit', unitPrice: '1' }, taxCategory: 'non_taxable' };
    await scene.post('/tariffs', {
      id: 'crl',
      scope: { channel: 'crl' },
      ...price,
      validFrom: jst('2027-03-05T00:00:00'),
    });
    expect((await scene.view('2027-03')).statements[0]?.blockers.at(-1)).toMatchObject({ reason: 'not_rated' });
    scene.meter.now += 60_000;
    const dryRun = await scene.post('/billing/2027-03/close', { pricesOfNow: true, dryRun: true });
    expect(dryRun).toMatchObject({ pricesKnownAt: scene.meter.now - 120_000, statements: [{ amountDue: '1' }, {}] });
    await scene.post('/billing/2027-03/close', { pricesOfNow: true });
    const repriced = await scene.view('2027-03');
    expect(repriced.pricesKnownAt).toBe(scene.meter.now);
    expect(repriced.statements[0]).toMatchObject({ customer: 'pf-a', amountDue: '1' });
    const { rows } = await scene.meter.database.query(`SELECT FROM audit_entry WHERE action = 'billing.reprice'`);
    expect(rows).toHaveLength(1);
  });
});
