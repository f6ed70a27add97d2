import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CHECKPOINT_PATH, LedgerReader, openCheckpoint, parseUsageLeaf, parseVerifierKey } from '@kakunin/usage-ledger';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { JOURNAL, MeterUnderTest } from '../testing/meter-under-test.ts';
import { usageEvent } from '../testing/usage-events.ts';
import { readLedgerKeys } from './ledger-keys.ts';

let meter: MeterUnderTest;
beforeAll(async () => {
  meter = await MeterUnderTest.start();
  await meter.send(
    Array.from({ length: 600 }, (_, index) => usageEvent({ platformProvider: index % 2 ? 'pf-b' : 'pf-a' })),
  );
  await until(async () => (await meter.get('/ledgers/pf-a/checkpoint', 'pf-a')).body.includes('\n300\n'));
});
afterAll(() => meter.stop());

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20));
}

const auditOf = async (caller: string): Promise<unknown[]> => {
  const { rows } = await meter.database.query<{ subject: unknown }>(
    `SELECT subject FROM audit_entry WHERE action = 'ledger.read' AND caller = $1 ORDER BY id`,
    [caller],
  );
  return rows.map(({ subject }) => subject);
};

describe('a customer reads its ledger', () => {
  it('over the API alone, every leaf held against the checkpoint', async () => {
    const key = await meter.get('/ledgers/pf-a/key', 'pf-a');
    expect(key.headers['content-type']).toBe('text/plain; charset=utf-8');
    const files = {
      read: async (path: string) => {
        const { status, octets } = await meter.get(`/ledgers/pf-a/${path}`, 'pf-a');
        return status === 200 ? octets : undefined;
      },
    };
    const verifiers = key.body.trimEnd().split('\n').map(parseVerifierKey);
    const head = openCheckpoint((await files.read(CHECKPOINT_PATH))!, { origin: 'kakunin/kakunin/pf-a', verifiers });
    expect(head.size).toBe(300);
    const ids: string[] = [];
    for await (const bundle of (await LedgerReader.open(files, head)).bundles())
      ids.push(...bundle.map((leaf) => parseUsageLeaf(leaf)!.eventId));
    expect(ids).toEqual(Array.from({ length: 300 }, (_, index) => `${JOURNAL}/1/${index}`));
  });

  it('with tiles that are kept and a checkpoint that is asked for again, by nobody in between', async () => {
    for (const path of ['tile/0/000', 'tile/0/001.p/44', 'tile/1/000.p/1', 'tile/entries/000']) {
      const { status, headers } = await meter.get(`/ledgers/pf-a/${path}`, 'pf-a');
      expect({ status, cache: headers['cache-control'] }, path).toEqual({
        status: 200,
        cache: 'private, max-age=31536000, immutable',
      });
    }
    const { headers } = await meter.get('/ledgers/pf-a/checkpoint', 'pf-a');
    expect(headers['cache-control']).toBe('private, no-cache');
  });
});

describe('nothing else', () => {
  const UNKNOWN = {
    code: 'ledger_file_unknown',
    detail: 'There is no such file of a ledger that you may read: begin with its checkpoint.',
    status: 404,
    title: 'No such file of a ledger',
    type: 'urn:kakunin:problem:ledger_file_unknown',
  };

  it.each([
    ['append/000', 'what is being appended'],
    ['state/300', 'which segments are in it'],
    ['checkpoints/', 'checkpoints of before'],
    ['tile/', 'a list'],
    ['tile/0', 'a list'],
    ['tile/0/000/', 'a file with a slash'],
    ['tile/0/0000', 'another way to write a number'],
    ['tile/8/000', 'a level that no tree has'],
    ['tile/0/000.p/0', 'a tile of nothing'],
    ['tile/0/000.p/256', 'a full tile by another name'],
    ['tile/0/..%2f..%2fcheckpoint', 'an encoded way up'],
    ['tile/0/%2e%2e/%2e%2e/append/000', 'an encoded way up'],
    ['tile/entries/000%00', 'a zero octet'],
  ])('is served: %s (%s)', async (path) => {
    expect((await meter.get(`/ledgers/pf-a/${path}`, 'pf-a')).status).toBe(404);
  });

  it('of another customer: its ledger looks like one that is not there', async () => {
    for (const path of ['checkpoint', 'key', 'tile/0/000', 'tile/entries/000']) {
      const [others, none] = await Promise.all([
        meter.get(`/ledgers/pf-b/${path}`, 'pf-a'),
        meter.get(`/ledgers/pf-z/${path}`, 'pf-a'),
      ]);
      expect(JSON.parse(others.body), path).toEqual(UNKNOWN);
      expect(others.octets).toEqual(none.octets);
      expect(others.headers['cache-control']).toBeUndefined();
    }
  });

  it('to a stranger, nor to an authority', async () => {
    expect((await meter.get('/ledgers/pf-a/checkpoint')).status).toBe(401);
    expect((await meter.get('/ledgers/pf-a/checkpoint', 'stranger')).status).toBe(403);
    expect((await meter.get('/ledgers/pf-a/checkpoint', 'ca')).status).toBe(403);
  });
});

it('finance may read it, and leaves a trace', async () => {
  for (const path of ['checkpoint', 'tile/0/000', 'tile/entries/000'])
    expect((await meter.get(`/ledgers/pf-b/${path}`, 'finance')).status).toBe(200);
  expect(await auditOf('finance')).toEqual([
    { customer: 'pf-b', path: 'checkpoint' },
    { customer: 'pf-b', path: 'tile/entries/000' },
  ]);
});

it('says how far the ledgers are', async () => {
  await until(async () => (await meter.metrics()).includes('kakunin_billing_ledger_leaves_total 600'));
  const metrics = await meter.metrics();
  expect(metrics).toContain('kakunin_billing_ledger_pending_segments 0');
  expect(metrics).toContain('kakunin_billing_ledger_faults 0');
  expect(metrics).toContain(`kakunin_billing_ledger_caught_up_timestamp_seconds ${meter.now / 1000}`);
  expect(meter.healthOf('usage-ledgers')).toMatchObject({ ok: true });
});

it('a ledger that is damaged holds up nobody else, is said, and goes on when it is mended', async () => {
  const lost = join(meter.ledgerDirectory('pf-b'), 'tile/0/001.p/44');
  const octets = readFileSync(lost);
  rmSync(lost);
  await meter.send([usageEvent(), usageEvent({ platformProvider: 'pf-b' })]);
  const leavesOf = async (customer: string) =>
    (await meter.get(`/ledgers/${customer}/checkpoint`, customer)).body.split('\n')[1];
  await until(async () => (await leavesOf('pf-a')) === '301');
  await until(async () => (await meter.metrics()).includes('kakunin_billing_ledger_faults 1'));
  expect(meter.healthOf('usage-ledgers')).toMatchObject({
    ok: true,
    detail: expect.stringMatching(/tile\/0\/001\.p\/44 is missing.*docs\/runbooks\/usage-ledger-behind\.md/),
  });
  expect(await leavesOf('pf-b')).toBe('300');
  expect(await meter.metrics()).toContain('kakunin_billing_ledger_pending_segments 1');
  writeFileSync(lost, octets);
  await until(async () => (await leavesOf('pf-b')) === '301');
  await until(async () => (await meter.metrics()).includes('kakunin_billing_ledger_faults 0'));
});

describe('keys', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kakunin-ledger-keys-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = (name: string, ...parts: (string | Buffer)[]): string => {
    writeFileSync(join(folder, name), parts.join('\n'));
    return join(folder, name);
  };
  const pair = () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    return {
      privatePem: privateKey.export({ format: 'pem', type: 'pkcs8' }),
      publicPem: publicKey.export({ format: 'pem', type: 'spki' }),
    };
  };

  it('sign beside each other while they change; a retired one only verifies', () => {
    const [older, newer, oldest] = [pair(), pair(), pair()];
    const signing = file('signing.pem', newer.privatePem, older.privatePem);
    const keys = readLedgerKeys({ signing, retired: file('retired.pem', oldest.publicPem) });
    expect(keys.signersOf('kakunin/a/b').length).toBe(2);
    expect(keys.retiredOf('kakunin/a/b').length).toBe(1);
    const lines = keys.verifierKeysOf('kakunin/a/b').trimEnd().split('\n').map(parseVerifierKey);
    expect(lines.map(({ keyId }) => keyId)).toEqual(keys.signersOf('kakunin/a/b').map(({ keyId }) => keyId));
  });

  it.each([
    ['none', ''],
    [
      'an elliptic curve',
      generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'pem', type: 'pkcs8' }),
    ],
  ])('of no use stop the start, and it says how to make one: %s', (_what, pem) => {
    expect(() => readLedgerKeys({ signing: file('other.pem', pem) })).toThrow('openssl genpkey -algorithm ed25519');
  });
});
