import { Readable } from 'node:stream';
import { createTestCa } from '@kakunin/testing/test-ca';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RegistryUnderTest, startRegistry, until } from '../testing/registry-under-test.ts';
import type { ImportState } from './import.store.ts';
import { ListSender, NOT_AFTER } from './testing/list-sender.ts';

const LINES = 'application/x-ndjson';
let registry: RegistryUnderTest;
beforeAll(async () => void (registry = await startRegistry('imports')));
afterAll(() => registry.close());

const object = (serialNumber: string, more: object = {}): string =>
  `${JSON.stringify({ serialNumber, notAfter: NOT_AFTER, carrier: 'card', ...more })}\n`;
const line = (i: number): string => ['V', '361231235959Z', '', i.toString(16), 'unknown', '/CN=x\n'].join('\t');
const listOf = (count: number): string => Array.from({ length: count }, (_, i) => line(i + 1)).join('');

describe('NDJSON', () => {
  it('is taken as it comes, and answered line by line', async () => {
    const sender = await ListSender.register(registry, 'ndjson');
    const body = async function* () {
      yield object('1', { holder: 'h' });
      // Whoever sends slowly does not wait for a batch to be full.
      await until(async () => (await sender.statusesOf('1')).length === 1);
      yield object('2', { predecessor: { serialNumber: '1' }, carrier: 'smartphone' });
      yield `${object('3', { status: { status: 'revoked', reason: 'superseded', revocationDate: 1e12 } })}\n{"serial`;
      yield `Number":"4"}\nno JSON\n${object('5', { predecessor: { serialNumber: '99' } })}${object('1', { holder: 'other' })}`;
    };
    const { body: answers } = await sender.send('format=ndjson', Readable.from(body()), LINES);
    const lines = (answers as unknown as { line?: number }[]).filter((each) => each.line !== undefined);
    expect(lines).toEqual([
      { line: 1, outcome: 'imported' },
      { line: 2, outcome: 'imported' },
      { line: 3, outcome: 'imported' },
      { line: 5, reason: 'Not understood: notAfter.' },
      { line: 6, reason: expect.stringContaining('not JSON') },
      { line: 7, reason: expect.stringContaining('predecessor') },
      { line: 8, reason: expect.stringContaining('another person') },
    ]);
    expect((answers as unknown as object[]).at(-1)).toEqual({ summary: { imported: 3, unchanged: 0, rejected: 4 } });
  });
});

describe('a batch', () => {
  it('has an outcome for each certificate', async () => {
    const sender = await ListSender.register(registry, 'batch');
    const certificates = ['1', '2', '1'].map((serialNumber) => ({
      serialNumber,
      notAfter: NOT_AFTER,
      carrier: 'card',
    }));
    const wrong = { ...certificates[1], notAfter: NOT_AFTER + 1_000 };
    const broken = { ...certificates[1], certificate: 'bm8=' };
    const path = '/authorities/batch/certificates/batch';
    const answer = await registry.operator('POST', path, { certificates: [...certificates, wrong, broken] });
    expect(answer.body).toEqual({
      outcomes: [
        { outcome: 'imported' },
        { outcome: 'imported' },
        { outcome: 'unchanged' },
        { outcome: 'rejected', code: 'certificate_differs', reason: expect.any(String) },
        { outcome: 'rejected', code: 'malformed_certificate', reason: expect.any(String) },
      ],
    });
    expect((await registry.operator('POST', path, { certificates: [] })).status).toBe(400);
    expect(await sender.statusesOf('2')).toHaveLength(1);
  });
});

interface Answer {
  readonly progress?: { readonly line: number };
}

describe('an import with an id', () => {
  const stateOf = async (authorityId: string, importId: string) =>
    (await registry.operator<ImportState>('GET', `/authorities/${authorityId}/imports/${importId}`)).body;

  it('goes on behind what was dealt with', async () => {
    const sender = await ListSender.register(registry, 'resumed');
    const text = `${listOf(2_500)}broken\n${listOf(2_600)}`;
    const interrupted = async function* () {
      yield text.slice(0, 60_000);
      await until(async () => ((await stateOf('resumed', 'x')).line ?? 0) > 0);
      throw new Error('the sender is gone');
    };
    await sender.send('format=index.txt&importId=x', Readable.from(interrupted())).catch(() => undefined);
    const before = await stateOf('resumed', 'x');
    expect(before).toMatchObject({ format: 'index.txt', completedAt: null });
    // What came before the sender went is still taken; until then the list is in progress.
    let answers: readonly Answer[] = [];
    await until(async () => {
      const { status, body } = await sender.send('format=index.txt&importId=x', text, LINES);
      if (status === 200) answers = body as unknown as readonly Answer[];
      return status === 200;
    });
    const [first] = answers;
    expect(first!.progress!.line).toBeGreaterThan(before.line);
    const summary = { imported: 2_600, unchanged: 2_500, rejected: 1 };
    expect(answers.at(-1)).toEqual({ summary });
    expect(await stateOf('resumed', 'x')).toMatchObject({ line: 5_101, ...summary, completedAt: expect.any(Number) });
    const again = { imported: 0, unchanged: 5_100, rejected: 1 };
    expect((await sender.send('format=index.txt&importId=x', text)).body).toMatchObject(again);
    expect(await sender.send('format=csv&importId=x', text)).toMatchObject({ body: { code: 'import_differs' } });
    expect((await stateOf('resumed', 'y')) as unknown).toMatchObject({ code: 'import_unknown' });
  });

  it('that two send at once is taken once', async () => {
    const sender = await ListSender.register(registry, 'twice');
    const text = listOf(5_000);
    const answers = await Promise.all([1, 2].map(() => sender.send('format=index.txt&importId=t', text)));
    const codes = answers.map(({ status, body }) => (status === 200 ? 'taken' : body.code));
    expect(codes).toContain('taken');
    for (const code of codes) expect(['taken', 'import_in_progress']).toContain(code);
    expect(await stateOf('twice', 't')).toMatchObject({ rejected: 0, line: 5_000 });
    await until(async () => (await sender.statusesOf('1388')).length > 0);
    expect(await sender.statusesOf('1388')).toHaveLength(1);
  });
});

it('are taken where lists are, and nowhere else: no other call is given a stream for its body', async () => {
  const refused = { status: 415, body: { code: 'unsupported_media_type' } };
  for (const type of ['text/plain', 'text/csv', 'application/octet-stream']) {
    expect(await registry.operator('POST', '/authorities', '{}', type)).toMatchObject(refused);
  }
});

it('without anything in them are refused', async () => {
  const sender = await ListSender.register(registry, 'nothing');
  const garbage = await sender.send('format=certificates', Buffer.alloc(100_000, 7));
  expect(garbage.body).toMatchObject({ rejected: 1, errors: [{ reason: expect.stringContaining('no certificate') }] });
  for (const text of ['', '\n\n']) {
    expect(await sender.send('format=csv', text)).toMatchObject({ body: { code: 'import_header_invalid' } });
  }
});

describe('certificates', () => {
  it('are taken as PEM and as DER when the authority signed them', async () => {
    const sender = await ListSender.register(registry, 'certificates');
    const [one, two, three] = [await sender.ca.issue(), await sender.ca.issue(), await sender.ca.issue()];
    const foreign = await (await createTestCa()).issue();
    const pem = [one, foreign, two].map(({ certificatePem }) => `some text\r\n${certificatePem}`).join('');
    const first = await sender.send('format=certificates&carrier=smartphone', `\uFEFF${pem.replaceAll('\n', '\r\n')}`);
    expect(first.body).toEqual({
      imported: 2,
      unchanged: 0,
      rejected: 1,
      errors: [{ line: 2, reason: expect.stringContaining('signed') }],
    });
    const der = Buffer.concat([one, three].map(({ certificate }) => certificate.der));
    const second = await sender.send('format=certificates&carrier=smartphone', der);
    expect(second.body).toMatchObject({ imported: 1, unchanged: 1, rejected: 0 });
    const cut = await sender.send('format=certificates&carrier=smartphone', der.subarray(0, -3));
    expect(cut.body).toMatchObject({ unchanged: 1, rejected: 1 });
    const other = await sender.send('format=certificates&carrier=card', one.certificatePem);
    expect(other.body).toMatchObject({ rejected: 1, errors: [{ reason: expect.stringContaining('carrier') }] });
  });
});
