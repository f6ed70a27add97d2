import { createPrivateKey, X509Certificate } from 'node:crypto';
import { parseOcspRequest } from '@kakunin/ocsp';
import { createTestCa } from '@kakunin/testing/test-ca';
import { beforeAll, expect, test } from 'vitest';
import { RequestWriter } from '../lib/request-template.ts';
import { certificateAt } from '../model/population.ts';
import { certificateLines, type DataSet, makeDataSet } from './data-set.ts';

const NOW = Date.UTC(2026, 10, 24);
const CERTIFICATES = 500;
const SPARE = 7;

let data: DataSet;
beforeAll(async () => {
  data = await makeDataSet({ seed: 1, certificates: CERTIFICATES, spare: SPARE, clients: await createTestCa() });
});

const rowsOf = (place: number): string[][] =>
  [...certificateLines(data, data.authorities[place]!, NOW)].map((line) => line.trimEnd().split(','));

test('the lists hold the population as the load expects it', () => {
  const { population, firstSerial } = data.authorities[0]!.asked;
  const [head, ...rows] = rowsOf(0);
  expect(head).toEqual(['serial_number', 'not_after', 'carrier', 'status', 'revocation_date', 'reason', 'holder']);
  for (let ordinal = 0; ordinal < CERTIFICATES; ordinal += 1) {
    const [serial, , carrier, status] = rows[ordinal]!;
    const expected = certificateAt(population, ordinal);
    expect(parseInt(serial!, 16)).toBe(firstSerial + ordinal);
    expect([carrier, status === 'revoked']).toEqual([expected.carrier, expected.revoked]);
  }
});

test('behind them, what is revoked under load, and who is identified; no serial number comes twice', () => {
  const { firstSerial, count } = data.spare;
  const spare = rowsOf(0).slice(1 + CERTIFICATES);
  expect(spare.map(([serial]) => parseInt(serial!, 16))).toEqual(
    Array.from({ length: count }, (_, i) => firstSerial + i),
  );
  const holders = rowsOf(1).slice(1 + CERTIFICATES);
  expect(holders).toHaveLength(data.holders.length);
  for (const place of [0, 1]) {
    const serials = rowsOf(place).map(([serial]) => serial);
    expect(new Set(serials).size).toBe(serials.length);
  }
});

test('another seed revokes others; the same seed the same', async () => {
  const again = await makeDataSet({ seed: 1, certificates: CERTIFICATES, spare: SPARE, clients: await createTestCa() });
  const other = await makeDataSet({ seed: 9, certificates: CERTIFICATES, spare: SPARE, clients: await createTestCa() });
  const revoked = (set: DataSet): string[] =>
    [...certificateLines(set, set.authorities[0]!, NOW)].filter((line) => line.includes('revoked,'));
  expect(revoked(again)).toEqual(revoked(data));
  expect(revoked(other)).not.toEqual(revoked(data));
});

test('requests ask their authority, with the nonce at their end, where wrk draws it anew', () => {
  for (const { asked } of data.authorities) {
    const { withNonce, firstSerial } = asked;
    const parsed = parseOcspRequest(new RequestWriter(withNonce).write(firstSerial + 3), { maxRequests: 1 });
    expect(Buffer.from(parsed.ok!.requests[0]!.certId.serialNumber).toString('hex')).toBe(
      (firstSerial + 3).toString(16),
    );
    expect(withNonce.nonceOffset! + 16).toBe(withNonce.octets.length / 2);
  }
});

test('holders have the keys of their certificates', () => {
  for (const { certificatePem, key } of data.holders) {
    const own = createPrivateKey({ key: Buffer.from(key, 'base64'), format: 'der', type: 'pkcs8' });
    expect(new X509Certificate(certificatePem).checkPrivateKey(own)).toBe(true);
  }
});
