import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CertificateEvent } from '@kakunin/certificates';
import { StatusIndex } from '@kakunin/status-index';
import { createTestCa } from '@kakunin/testing/test-ca';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Send } from '../testing/api-client.ts';
import { type RegistryUnderTest, startRegistry, until } from '../testing/registry-under-test.ts';
import type { AllottedSerials } from './serial-numbers.ts';

const NOT_AFTER = Date.UTC(2036, 11, 31);
const keys = new Map([1, 2].map((version) => [version, randomBytes(32)]));
const sealingKeysDirectory = mkdtempSync(join(tmpdir(), 'kakunin-sealing-'));
const putKey = (authorityId: string, version: number): void => {
  mkdirSync(join(sealingKeysDirectory, authorityId), { recursive: true });
  writeFileSync(join(sealingKeysDirectory, authorityId, `sealing-${version}.key`), keys.get(version)!.toString('hex'));
};

let registry: RegistryUnderTest;
let ca: Send;
beforeAll(async () => {
  registry = await startRegistry('serial_numbers', { sealingKeysDirectory });
  ca = await registry.join('ca', { kind: 'office', roles: ['certificate_authority'] });
  for (const authorityId of ['sealed-g1', 'sealed-g2']) await register(authorityId, { kind: 'sealed' });
  await register('random-g1', { kind: 'random' });
  putKey('sealed-g1', 1);
});
afterAll(async () => {
  await registry.close();
  rmSync(sealingKeysDirectory, { recursive: true });
});

async function register(authorityId: string, serialScheme: object): Promise<void> {
  const { certificatePem: certificate } = await createTestCa();
  await ca('POST', '/authorities', { authorityId, certificateClass: 'signature', certificate, serialScheme });
}

const allot = (requestId: string, count: number, authorityId = 'sealed-g1') =>
  ca<AllottedSerials & { code?: string }>('POST', '/serial-numbers', { authorityId, requestId, count });
const rotate = (keyVersion: number) =>
  ca('POST', '/serial-numbers/rotations', { authorityId: 'sealed-g1', keyVersion });
const octetsOf = (serialNumber: string): Buffer => Buffer.from(serialNumber.padStart(34, '0'), 'hex');

it('are given once, and to the same request again', async () => {
  const [first, again, other] = [await allot('a', 3_000), await allot('a', 3_000), await allot('b', 500)];
  expect(first).toMatchObject({ status: 200, body: { keyVersion: 1 } });
  expect(again.body).toEqual(first.body);
  const all = [...first.body.serialNumbers, ...other.body.serialNumbers];
  expect(new Set(all).size).toBe(3_500);
  expect([...first.body.serialNumbers].sort()).toEqual(first.body.serialNumbers);
  for (const serial of all) expect(serial).toMatch(/^1[0-9a-f]{32}$/);
});

it('never overlap, however many ask at once', async () => {
  const answers = await Promise.all(Array.from({ length: 8 }, (_, index) => allot(`at-once-${index}`, 200)));
  expect(new Set(answers.flatMap(({ body }) => body.serialNumbers)).size).toBe(1_600);
});

it('pass a change of the sealing key: what was issued under either is good, and nothing else was issued', async () => {
  expect(await rotate(2)).toMatchObject({ status: 409, body: { code: 'sealing_key_missing' } });
  putKey('sealed-g1', 2);
  expect(await rotate(2)).toMatchObject({ status: 200, body: { keyVersion: 2 } });
  expect(await rotate(2)).toMatchObject({ status: 200, body: { keyVersion: 2 } });
  expect(await rotate(4)).toMatchObject({ status: 409, body: { code: 'sealing_key_version_not_next' } });
  const [before, after] = [await allot('a', 3_000), await allot('after', 300)];
  expect([before.body.keyVersion, after.body.keyVersion]).toEqual([1, 2]);
  const issued = [...before.body.serialNumbers.slice(0, 100), ...after.body.serialNumbers.slice(0, 100)];
  const certificates = issued.map((serialNumber) => ({ serialNumber, notAfter: NOT_AFTER, carrier: 'card' }));
  await ca('POST', '/authorities/sealed-g1/certificates/batch', { certificates });
  const index = await indexOf('sealed-g1', issued.length);
  const stateOf = (octets: Uint8Array) => index.lookup(octets).state;
  for (const serial of issued) expect(stateOf(octetsOf(serial))).toBe('good');
  for (const serial of [before.body.serialNumbers[100]!, after.body.serialNumbers[100]!]) {
    expect(stateOf(octetsOf(serial))).toBe('not_issued');
  }
  for (const serial of issued) {
    const neighbour = octetsOf(serial);
    neighbour[16]! ^= 1;
    expect(stateOf(neighbour)).toBe('not_issued');
    expect(stateOf(Buffer.concat([Buffer.of(1), randomBytes(16)]))).toBe('not_issued');
  }
});

/** What responders and publisher make of the topic, with both keys. */
async function indexOf(authorityId: string, certificates: number): Promise<StatusIndex> {
  const statuses = async () =>
    (await registry.eventsOf<CertificateEvent>('certificate-events')).filter(
      (event) => event.type === 'certificate_status' && event.authorityId === authorityId,
    );
  await until(async () => (await statuses()).length === certificates);
  const index = StatusIndex.create({ kind: 'sealed' }, { sealingKeys: keys });
  for (const event of await statuses()) {
    if (event.type !== 'certificate_status') continue;
    const { carrier, notAfter, status } = event;
    index.put(octetsOf(event.serialNumber), { carrier, notAfter, status });
  }
  return index;
}

it.each<[string, [string, number, string?], number, string]>([
  ['another number under the same id', ['a', 2], 409, 'request_differs'],
  ['an authority that chooses its own', ['c', 2, 'random-g1'], 409, 'serial_numbers_not_sealed'],
  ['an authority without its key', ['c', 2, 'sealed-g2'], 409, 'sealing_key_missing'],
  ['an authority that nobody registered', ['c', 2, 'nobody'], 404, 'authority_unknown'],
  ['none', ['c', 0], 400, 'invalid_request'],
  ['too many', ['c', 65_537], 400, 'invalid_request'],
])('%s is refused', async (_, request, status, code) => {
  expect(await allot(...request)).toMatchObject({ status, body: { code } });
});

it('are for nobody but a certificate authority', async () => {
  const body = { authorityId: 'sealed-g1', requestId: 'x', count: 1 };
  const operator = await registry.join('office', { kind: 'office', roles: ['operator', 'auditor'] });
  expect((await operator('POST', '/serial-numbers', body)).status).toBe(403);
  expect((await operator('POST', '/serial-numbers/rotations', { ...body, keyVersion: 3 })).status).toBe(403);
});
