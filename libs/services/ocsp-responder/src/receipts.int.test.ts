import { randomBytes } from 'node:crypto';
import { OcspClient } from '@kakunin/client';
import type { KeptReceipt } from '@kakunin/client';
import { certIdOf, encodeOcspRequest } from '@kakunin/ocsp';
import { canonicalUsageLeaf, formatEventId, recordHashOf } from '@kakunin/usage-ledger';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask } from './testing/ask.ts';
import type { Asked, Said } from './testing/ask.ts';
import { type TestCertificate, TestResponder } from './testing/test-responder.ts';

const LEDGER = 'kakunin/kakunin/pf';

let responder: TestResponder;
let asked: TestCertificate;
let other: TestCertificate;
beforeAll(async () => {
  responder = await TestResponder.start({ KAKUNIN_OCSP_WORKERS: '2' });
  await responder.publishParty({ code: 'pf2', kind: 'platform_provider', roles: ['platform_provider'] });
  asked = await responder.issue('asked');
  other = await responder.issue('other');
});
afterAll(() => responder.close());

const requestFor = (certificates: readonly TestCertificate[], nonce?: Uint8Array): Uint8Array =>
  encodeOcspRequest({
    certIds: certificates.map(({ serialNumber }) => certIdOf(responder.ca.certificate, serialNumber)),
    ...(nonce && { nonce }),
  });

const say = (body: Uint8Array, change: Partial<Asked> = {}): Promise<Said> =>
  ask({ port: responder.plainPort, body, path: '/ocsp/bank', ...change });

/** A header that the fast way does not know. */
const ORDINARY = { headers: { 'content-type': 'application/ocsp-request; q=1' } };

const receiptIn = ({ headers }: Said): string | undefined => headers['kakunin-receipt'] as string | undefined;

/** Hashes of the leaves that the segments handed over will become, by event id. */
async function leaves(customer = 'pf'): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const { producer, sequence, events } of await responder.segments()) {
    const own = events.filter(({ platformProvider }) => platformProvider === customer);
    own.forEach((event, index) => {
      const eventId = formatEventId({ producer, sequence, index });
      found.set(eventId, recordHashOf(canonicalUsageLeaf({ ...event, eventId })));
    });
  }
  return found;
}

const ONE = /^ledger="([^"]+)", event="([^"]+)", leaf=:([^:]+):$/;
function readReceipt(text: string | undefined): readonly [ledger: string, eventId: string, leaf: string] {
  const [, ledger, eventId, leaf] = ONE.exec(text ?? '') ?? [];
  if (!ledger || !eventId || !leaf) throw new Error(`no receipt: ${text}`);
  return [ledger, eventId, leaf];
}

/** The receipt's leaf is in the segments handed over. */
async function expectToHold(...receipts: readonly (readonly [ledger: string, eventId: string, leaf: string])[]) {
  const holding = async (): Promise<number> => {
    const counted = await leaves();
    return receipts.filter(([ledger, eventId, leaf]) => ledger === LEDGER && counted.get(eventId) === leaf).length;
  };
  await expect.poll(holding, { timeout: 20_000 }).toBe(receipts.length);
}

describe('a metered answer bears a receipt that holds', () => {
  test('signed now or from the cache, by POST the fast way and the ordinary one, by GET', async () => {
    const answers = [
      await say(requestFor([asked], randomBytes(16))),
      await say(requestFor([asked], randomBytes(16)), ORDINARY),
      ...(await Promise.all(Array.from({ length: 8 }, () => say(requestFor([other]))))),
      await say(requestFor([other]), ORDINARY),
      await say(requestFor([other]), { method: 'GET' }),
    ];
    expect(new Set(answers.map(({ said }) => said))).toEqual(new Set(['good']));
    const cached = responder.pool.figures.reduce((sum, figures) => sum + figures.answers('cached'), 0);
    expect(cached).toBeGreaterThan(0);
    await expectToHold(...answers.map((said) => readReceipt(receiptIn(said))));
  });

  test('to GET that finds its own cache up to date: metered as well, and nobody else’s cache may keep it', async () => {
    const inPath = encodeURIComponent(Buffer.from(requestFor([asked])).toString('base64'));
    const get = async (headers = {}): Promise<Response> => {
      const response = await fetch(`${responder.url}/ocsp/bank/${inPath}`, { headers });
      await response.arrayBuffer();
      return response;
    };
    const first = await get();
    expect(first.headers.get('cache-control')).toContain('private');
    const etag = first.headers.get('etag') ?? '';
    // Each worker keeps answers of its own: sooner or later it is the same one.
    let again = first;
    await expect.poll(async () => (again = await get({ 'if-none-match': etag })).status).toBe(304);
    await expectToHold(readReceipt(again.headers.get('kakunin-receipt') ?? undefined));
  });

  test('about several certificates: lists, in their order', async () => {
    const said = await say(requestFor([asked, other], randomBytes(16)));
    const form = /^ledger="([^"]+)", event=\("([^"]+)" "([^"]+)"\), leaf=\(:([^:]+): :([^:]+):\)$/;
    const [, ledger = '', one = '', two = '', leafOfOne = '', leafOfTwo = ''] = form.exec(receiptIn(said) ?? '') ?? [];
    expect(Number(two.split('/')[2])).toBe(Number(one.split('/')[2]) + 1);
    await expectToHold([ledger, one, leafOfOne], [ledger, two, leafOfTwo]);
  });
});

describe('no receipt', () => {
  test('for a refusal', async () => {
    const said = await say(Buffer.from('no request'));
    expect(said.said).toBe('malformedRequest');
    expect(said.headers).not.toHaveProperty('kakunin-receipt');
  });

  test('for the repetition of a request that is counted already', async () => {
    const request = requestFor([asked], randomBytes(16));
    expect(receiptIn(await say(request))).toBeDefined();
    const again = await say(request);
    expect(again.said).toBe('good');
    expect(again.headers).not.toHaveProperty('kakunin-receipt');
  });
});

test('the SDK keeps 200 receipts while workers die, and each is in the segments handed over', async () => {
  const kept: KeptReceipt[] = [];
  const client = new OcspClient({
    url: `${responder.url}/ocsp`,
    onReceipts: (receipts) => void kept.push(...receipts),
  });
  const question = {
    certificate: readFileSync(asked.file),
    issuer: responder.ca.certificatePem,
    serviceProvider: 'bank',
  };
  const before = (await leaves()).size;
  let answered = 0;
  let lost = 0;
  const checkOnAndOn = async (): Promise<void> => {
    while (kept.length < 200) {
      const result = await client.checkStatus(question).catch(() => undefined);
      if (result?.status === 'good') answered += 1;
      if (result?.source === 'ocsp' && !result.receipts) lost += 1;
    }
  };
  const crashes = async (): Promise<void> => {
    for (const place of [0, 1]) {
      const goal = Math.min(180, kept.length + 60);
      await expect.poll(() => kept.length, { timeout: 20_000, interval: 1 }).toBeGreaterThanOrEqual(goal);
      await responder.pool.places[place]?.crash();
    }
  };
  await Promise.all([crashes(), ...Array.from({ length: 8 }, checkOnAndOn)]);
  client.close();
  expect(kept.length).toBe(answered - lost);
  expect(new Set(kept.map(({ eventId }) => eventId)).size).toBe(kept.length);
  await expectToHold(...kept.map(({ ledger, eventId, recordHash }) => [ledger, eventId, recordHash] as const));
  expect((await leaves()).size).toBeGreaterThanOrEqual(before + kept.length);
});

test('receipts can be switched off', async () => {
  const silent = await TestResponder.start({ KAKUNIN_OCSP_RECEIPTS: 'false' });
  const { serialNumber } = await silent.issue('asked');
  const body = encodeOcspRequest({ certIds: [certIdOf(silent.ca.certificate, serialNumber)] });
  const said = await ask({ port: silent.plainPort, body, path: '/ocsp/bank' });
  expect(said.said).toBe('good');
  expect(said.headers).not.toHaveProperty('kakunin-receipt');
  await silent.close();
});
