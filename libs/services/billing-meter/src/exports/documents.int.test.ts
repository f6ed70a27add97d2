import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ClosingScene } from '../testing/closing-scene.ts';
import { parseCsv } from '../testing/parse-csv.ts';
import { jst, usageEvent } from '../testing/usage-events.ts';

const STATEMENT = '/statements/2026-10/pf-a';
const NOTE = `${STATEMENT}/credit-notes/R2026-000001`;
const NAMES = ['invoice.pdf', 'invoice.xml', 'statement.json', 'lines.csv', 'focus.csv'];
const NOTE_NAMES = ['credit-note.pdf', 'credit-note.xml', 'credit-note.json', 'lines.csv', 'focus.csv'];
const ALL = [...NAMES.map((name) => `${STATEMENT}/${name}`), ...NOTE_NAMES.map((name) => `${NOTE}/${name}`)];

/** As they are printed for whoever wants to check. */
const REFERENCE = readFileSync(new URL('../../../../../docs/reference/billing-export.md', import.meta.url), 'utf8');
const COMMANDS = /```sh\n([\s\S]*?)```/.exec(REFERENCE)?.[1] ?? '';

const folder = mkdtempSync(join(tmpdir(), 'kakunin-documents-'));
let scene: ClosingScene;
beforeAll(async () => {
  scene = await ClosingScene.open();
  scene.meter.now = jst('2026-11-01T09:00:00');
  const time = jst('2026-10-15T12:00:00');
  await scene.record([
    ...Array.from({ length: 10 }, () => usageEvent({ time })),
    usageEvent({ time, channel: 'crl' }),
    usageEvent({ time, platformProvider: 'pf-b' }),
  ]);
  await scene.closeMonth('2026-10');
  const correction = { kind: 'quantities', lines: [{ line: 2, quantity: '8' }] };
  await scene.post(`${STATEMENT}/credit-notes`, { reason: { ja: '試験の利用', en: 'tests' }, correction });
});
afterAll(async () => {
  await scene.close();
  rmSync(folder, { recursive: true });
});

const read = async (path: string, caller = 'pf-a'): Promise<Buffer> => {
  const answer = await scene.meter.get(path, caller);
  expect([path, answer.status]).toEqual([path, 200]);
  return answer.octets;
};
async function readAll(caller: string): Promise<Buffer[]> {
  const octets: Buffer[] = [];
  for (const path of ALL) octets.push(await read(path, caller));
  return octets;
}
const sum = (csv: Buffer, column: string): bigint =>
  parseCsv(csv.toString('utf8').slice(1)).reduce((total, row) => total + BigInt(row[column] ?? 0), 0n);

describe('the documents of a statement and of a credit note', () => {
  it('are the same octets every time, whoever asks and whatever happens since', async () => {
    const before = await readAll('pf-a');
    await scene.post('/tariffs/fee-pf-a/end', { validTo: jst('2026-12-01T00:00:00') });
    scene.meter.now += 86_400_000;
    expect(await readAll('finance')).toEqual(before);
    scene.meter.now -= 86_400_000;
  });

  it('have a hash and a signature that the commands of the reference check', async () => {
    writeFileSync(join(folder, 'kakunin.pem'), await read('/signing-key'));
    for (const path of ALL) {
      const name = path.split('/').at(-1) as string;
      for (const end of ['', '.sha256', '.sig']) writeFileSync(join(folder, name + end), await read(path + end));
      const check = COMMANDS.replaceAll('invoice.pdf', name);
      const shell = (): string => execFileSync('sh', ['-ec', check], { cwd: folder }).toString();
      expect(shell()).toBe(`${name}: OK\nSignature Verified Successfully\n`);
      writeFileSync(join(folder, name), Buffer.concat([readFileSync(join(folder, name)), Buffer.of(10)]));
      expect(shell).toThrow();
    }
  });

  it('agree with each other about what is owed', async () => {
    const [json, lines, focus, xml] = await Promise.all(
      ['statement.json', 'lines.csv', 'focus.csv', 'invoice.xml'].map((name) => read(`${STATEMENT}/${name}`)),
    );
    const statement = JSON.parse(String(json)) as {
      number: string;
      totals: { amountDue: string };
      tax: { amountWithTax: string };
    };
    expect(statement).toMatchObject({ totals: { amountDue: '1050' }, tax: { amountWithTax: '1155' } });
    expect(sum(lines as Buffer, 'amount_due')).toBe(1050n);
    expect(sum(focus as Buffer, 'BilledCost')).toBe(1155n);
    expect(String(xml)).toContain('<cbc:PayableAmount currencyID="JPY">1155</cbc:PayableAmount>');
    expect(sum(await read(`${NOTE}/focus.csv`), 'BilledCost')).toBe(-231n);
    const note = String(await read(`${NOTE}/credit-note.xml`));
    expect(/<cac:InvoiceDocumentReference>\s*<cbc:ID>([^<]+)</.exec(note)?.[1]).toBe(statement.number);
  });

  it('name their hash in ETag and Repr-Digest, and are not sent again to whoever has them', async () => {
    const path = `${STATEMENT}/invoice.pdf`;
    const { headers, octets } = await scene.meter.get(path, 'pf-a');
    const sha256 = createHash('sha256').update(octets).digest();
    expect(headers).toMatchObject({
      etag: `"${sha256.toString('hex')}"`,
      'repr-digest': `sha-256=:${sha256.toString('base64')}:`,
      'content-type': 'application/pdf',
      'content-disposition': 'attachment; filename="invoice.pdf"',
      'cache-control': 'private, no-cache',
    });
    const again = await scene.meter.get(path, 'pf-a', { 'if-none-match': `"x", ${String(headers['etag'])}` });
    expect([again.status, again.octets.length]).toEqual([304, 0]);
  });

  it('take the buyer of the Peppol network for UBL, and nothing else for one', async () => {
    const xml = await read(`${STATEMENT}/invoice.xml?buyer=0188:2021001052596`);
    expect(String(xml)).toContain('<cbc:EndpointID schemeID="0188">2021001052596</cbc:EndpointID>');
    for (const wrong of ['invoice.xml?buyer=x', 'invoice.exe', 'invoice.pdf.sig.sig', 'credit-note.pdf'])
      expect(await scene.meter.get(`${STATEMENT}/${wrong}`, 'pf-a')).toMatchObject({ status: 400 });
  });

  it('of somebody else are as those that are not there, and every reading leaves a trace', async () => {
    const none = await scene.meter.get('/statements/2026-07/pf-b/invoice.pdf', 'pf-b');
    expect(none.status).toBe(404);
    for (const path of [...ALL, `${NOTE}9/credit-note.pdf`])
      expect(await scene.meter.get(path, 'pf-b')).toMatchObject({ status: 404, body: none.body });
    expect(await scene.meter.get(`${STATEMENT}/invoice.pdf`, 'ca')).toMatchObject({ status: 403 });
    const { rows } = await scene.meter.database.query<{ document: string }>(
      `SELECT DISTINCT subject ->> 'document' AS document FROM audit_entry
       WHERE action = 'billing.export' AND caller = 'pf-a' AND subject ->> 'customer' = 'pf-a'`,
    );
    expect(rows.map(({ document }) => document)).toEqual(expect.arrayContaining([...NAMES, ...NOTE_NAMES]));
  });
});

describe('a closed month', () => {
  const month = (format: string, caller?: string): Promise<Buffer> =>
    read(`/billing/2026-10?format=${format}`, caller ?? 'finance');

  it('is its statements: as lines, as charges, and as they were signed', async () => {
    expect(sum(await month('csv'), 'amount_due')).toBe(1155n);
    expect(sum(await month('focus'), 'BilledCost')).toBe(1155n + 115n);
    const text = String(await month('json'));
    const { statements, ...head } = JSON.parse(text) as { statements: { contentHash: string; content: object }[] };
    expect(head).toMatchObject({ period: '2026-10', state: 'closed', currency: 'JPY' });
    expect(statements.map(({ content }) => content)).toMatchObject([{ customer: 'pf-a' }, { customer: 'pf-b' }]);
    const signed = await read(`${STATEMENT}/statement.json`);
    expect(text).toContain(`"content":${signed.toString('utf8')}}`);
    expect(statements[0]?.contentHash).toBe(createHash('sha256').update(signed).digest('hex'));
  });

  it('shows a customer its own, in the columns of its own document', async () => {
    for (const format of ['csv', 'focus']) {
      const document = await read(`${STATEMENT}/${format === 'csv' ? 'lines' : 'focus'}.csv`);
      expect((await month(format, 'pf-a')).equals(document)).toBe(true);
    }
    expect(String(await month('json', 'pf-a'))).not.toContain('pf-b');
  });

  it('has a hash and a signature, which the commands of the reference check', async () => {
    for (const [format, name] of [
      ['csv', 'billing-2026-10.csv'],
      ['json', 'billing-2026-10.json'],
      ['focus', 'focus-2026-10.csv'],
    ] as const) {
      writeFileSync(join(folder, name), await month(format));
      for (const proof of ['sha256', 'sig'])
        writeFileSync(join(folder, `${name}.${proof}`), await month(`${format}&proof=${proof}`));
      const checked = execFileSync('sh', ['-ec', COMMANDS.replaceAll('invoice.pdf', name)], { cwd: folder });
      expect(checked.toString()).toBe(`${name}: OK\nSignature Verified Successfully\n`);
    }
    expect(await scene.meter.get('/billing/2026-11?proof=sig', 'finance')).toMatchObject({ status: 409 });
  });

  it('stays the same when usage comes late; a month that is not closed is no FOCUS', async () => {
    const before = await Promise.all(['csv', 'focus', 'json'].map((format) => month(format)));
    await scene.record([usageEvent({ time: jst('2026-10-31T23:59:59.999') })]);
    expect(await Promise.all(['csv', 'focus', 'json'].map((format) => month(format)))).toEqual(before);
    expect(await scene.meter.get('/billing/2026-11?format=focus', 'finance')).toMatchObject({ status: 409 });
    expect((await scene.meter.get('/billing/2026-11?format=csv', 'finance')).body).toContain('amount_due');
  });
});
