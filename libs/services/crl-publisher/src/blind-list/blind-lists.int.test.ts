import { createHash, createPublicKey, verify } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BlindList, BlindListChain } from '@kakunin/blind-list';
import type { Authority, CertificateStatus } from '@kakunin/certificates';
import { decodeCrlManifest, type ListedBlindList } from '@kakunin/publication';
import type { RunningService } from '@kakunin/runtime';
import { createTestCa, sharedTestPostgres, type TestCa, type TestDatabases } from '@kakunin/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  eventually,
  inTime,
  metric,
  newest,
  PublisherBench,
  readyz,
  revoked,
  urlOf,
} from '../testing/publisher-bench.ts';

const MINUTE = 60_000;
const SETTINGS = {
  KAKUNIN_CRL_BLIND_LIST_AUTHORITIES: 'a',
  KAKUNIN_CRL_BLIND_LIST_PERIOD_SECONDS: '1',
  KAKUNIN_CRL_BLIND_LIST_VALIDITY_SECONDS: '600',
  KAKUNIN_CRL_BLIND_LIST_ALLOWANCE_SECONDS: '60',
  KAKUNIN_CRL_BLIND_LIST_DELTAS: '1',
};

let postgres: TestDatabases;
let bench: PublisherBench;
let service: RunningService;
let ca: TestCa;
beforeAll(async () => {
  postgres = await sharedTestPostgres();
  bench = await PublisherBench.open(postgres);
  service = await bench.start(SETTINGS);
  ca = await createTestCa();
  await bench.say('a', { type: 'authority_registered', authority: authorityOf(ca) });
  bench.putSigner('a', ca);
  for (let serial = 1; serial <= 40; serial += 1) await certify(serial, serial % 4 === 0 ? revoked() : undefined);
});
afterAll(async () => {
  await bench.close();
  await postgres.stop();
});

const authorityOf = ({ certificate }: TestCa): Authority => ({
  authorityId: 'a',
  certificateClass: 'signature',
  certificate: Buffer.from(certificate.der).toString('base64'),
  serialScheme: { kind: 'sequential', first: '1' },
  certHash: true,
});
const sha256 = (octets: Uint8Array): Buffer => createHash('sha256').update(octets).digest();
const fingerprint = (serial: number): Buffer => sha256(Buffer.from(`certificate ${serial}`));
const certify = (serial: number, status: CertificateStatus = { status: 'good' }, known = true) =>
  bench.say('a', {
    type: 'certificate_status',
    authorityId: 'a',
    serialNumber: serial.toString(16),
    carrier: 'card',
    notAfter: Date.now() + 365 * 24 * 60 * MINUTE,
    status,
    ...(known && { fingerprint: fingerprint(serial).toString('hex') }),
  });

const get = async (path: string): Promise<Buffer> => {
  const response = await fetch(urlOf(service, path));
  expect(response.status, path).toBe(200);
  return Buffer.from(await response.arrayBuffer());
};
async function listed(): Promise<ListedBlindList | undefined> {
  const response = await fetch(urlOf(service, '/crl/manifest.json'));
  const text = await response.text();
  return response.ok ? decodeCrlManifest(text).blindLists?.find(({ authorityId }) => authorityId === 'a') : undefined;
}
/** As a stranger would: download, verify, read. */
async function read({ full, deltas }: ListedBlindList): Promise<BlindListChain> {
  const key = createPublicKey(await get('/crl/manifest.pub.pem'));
  const files: BlindList[] = [];
  for (const { url, bytes, sha256: hash } of [full, ...deltas]) {
    const octets = await get(url);
    expect([octets.length, sha256(octets).toString('hex')]).toEqual([bytes, hash]);
    expect(verify(null, octets, key, await get(`${url}.sig`))).toBe(true);
    files.push(BlindList.parse(octets));
  }
  return new BlindListChain(files[0]!, files.slice(1));
}
const ask = (chain: BlindListChain, serial: number, age = 10 * MINUTE) =>
  chain.check(
    {
      fingerprint: fingerprint(serial),
      issuerKeyHash: sha256(ca.certificate.publicKeyBits),
      notBefore: Date.now() - age,
      notAfter: Date.now() + MINUTE,
    },
    Date.now(),
  );
const says = (chain: BlindListChain, revokedOnes: (serial: number) => boolean): void => {
  for (let serial = 1; serial <= 40; serial += 1) {
    expect(ask(chain, serial).status).toBe(revokedOnes(serial) ? 'revoked' : 'good');
  }
};
const after = (list: ListedBlindList): Promise<ListedBlindList> =>
  inTime('the next list', async () => {
    const next = await listed();
    return next && next.thisUpdate > list.thisUpdate && next;
  });

it('says of every certificate whether it is revoked, and nothing of one that is too new', async () => {
  const list = await inTime('all of them', async () => {
    const found = await listed();
    return found && (await read(found)).marks(fingerprint(40)) && found;
  });
  const chain = await read(list);
  says(chain, (serial) => serial % 4 === 0);
  expect(ask(chain, 3, 30_000)).toEqual({ status: 'not_covered', because: 'newer' });
  expect(list.nextUpdate - list.thisUpdate).toBe(10 * MINUTE);
});

it('goes on by deltas, and begins anew after some', async () => {
  let list = (await listed())!;
  const numbers = new Set<number>();
  await certify(3, revoked());
  for (let round = 0; round < 3; round += 1) {
    list = await after(list);
    const { number } = list.deltas.at(-1) ?? list.full;
    expect(numbers.has(number)).toBe(false);
    numbers.add(number);
    expect(list.deltas.length).toBeLessThanOrEqual(1);
  }
  says(await read(list), (serial) => serial % 4 === 0 || serial === 3);
});

it('goes on after a restart, over what a publisher that died has left', async () => {
  await bench.stop(service);
  const last = await (async () => {
    service = await bench.start({ ...SETTINGS, KAKUNIN_CRL_BLIND_LIST_AUTHORITIES: '' });
    const list = (await listed())!;
    await bench.stop(service);
    return list;
  })();
  const number = (last.deltas.at(-1) ?? last.full).number + 1;
  const folder = join(bench.directory, 'published', 'blind-list', 'a');
  writeFileSync(join(folder, `${number}.delta.kbl.sig`), 'of a list that never came');
  rmSync(join(folder, last.full.url.replace(/^.*\//, '')));
  service = await bench.start(SETTINGS);
  const next = await after(last);
  // Its base was gone: a full list.
  expect(next.full.number).toBe(number + 1);
  says(await read(next), (serial) => serial % 4 === 0 || serial === 3);
});

it('refuses to guess: no list without the fingerprint of every certificate', async () => {
  await certify(41, undefined, false);
  await inTime('a refusal', async () => (await readyz(service)).includes('a: fingerprints_missing: of 1 cert'));
  const list = await listed();
  expect(
    await metric(service, 'kakunin_blind_list_failures_total{authority="a",reason="fingerprints_missing"}'),
  ).toBeGreaterThan(0);
  expect(await metric(service, 'kakunin_blind_list_remaining_seconds{authority="a"}')).toBeGreaterThan(500);
  // CRLs do not wait for it.
  await certify(5, revoked());
  await eventually('a CRL', async () => (await newest(service, 'a'))?.entries === 12);
  await certify(41);
  const next = await after(list!);
  expect(ask(await read(next), 41).status).toBe('good');
});
