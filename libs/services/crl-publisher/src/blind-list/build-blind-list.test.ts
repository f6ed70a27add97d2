import { createHash } from 'node:crypto';
import { BlindList, BlindListChain } from '@kakunin/blind-list';
import type { CertificateStatus } from '@kakunin/certificates';
import { StatusIndex } from '@kakunin/status-index';
import { beforeEach, expect, it } from 'vitest';
import { buildBlindList } from './build-blind-list.ts';

const NOW = Date.parse('2026-11-24T00:00:00Z');
const HOUR = 3_600_000;
const GOOD: CertificateStatus = { status: 'good' };
const REVOKED: CertificateStatus = { status: 'revoked', revocationDate: NOW, reason: 'keyCompromise' };
const fingerprint = (serial: number): Buffer => createHash('sha256').update(`certificate ${serial}`).digest();
const salt = (number: number): Uint8Array => new Uint8Array(16).fill(number);
const times = (number: number) => ({
  number,
  issuerKeyHash: new Uint8Array(32),
  thisUpdate: NOW + number * HOUR,
  nextUpdate: NOW + 99 * HOUR,
  issuedBefore: NOW,
});

let index: StatusIndex;
beforeEach(() => {
  index = StatusIndex.create({ kind: 'sequential', first: '1' }, { fingerprints: true });
  for (let serial = 1; serial <= 3_000; serial += 1) put(serial, serial % 10 === 0 ? REVOKED : GOOD);
});

const put = (serial: number, status: CertificateStatus): boolean =>
  index.put(Buffer.of(serial >> 8, serial & 0xff).subarray(serial > 127 ? 0 : 1), {
    notAfter: NOW + 9_000 * HOUR,
    carrier: 'card',
    status,
    fingerprint: fingerprint(serial),
  });
function build(number: number, base: readonly Uint8Array[] = []): Uint8Array {
  const built = buildBlindList({ index, times: times(number), plan: { salt: salt(number) }, base });
  if (!('octets' in built)) throw new Error('There are fingerprints missing.');
  return built.octets;
}
const chainOf = ([full, ...deltas]: readonly Uint8Array[]): BlindListChain =>
  new BlindListChain(
    BlindList.parse(full!),
    deltas.map((octets) => BlindList.parse(octets)),
  );
const wrong = (chain: BlindListChain, isRevoked: (serial: number) => boolean): number =>
  Array.from({ length: 3_000 }, (_, at) => at + 1).filter(
    (serial) => chain.marks(fingerprint(serial)) !== isRevoked(serial),
  ).length;

it('is exact for every certificate of the index, and so is a delta after it', () => {
  const full = build(1);
  expect(wrong(chainOf([full]), (serial) => serial % 10 === 0)).toBe(0);
  put(7, REVOKED);
  const delta = build(2, [full]);
  expect(wrong(chainOf([full, delta]), (serial) => serial % 10 === 0 || serial === 7)).toBe(0);
  expect(delta.length).toBeLessThan(full.length);
});

it('is none as long as a fingerprint is missing', () => {
  index.put(Buffer.of(3_001 >> 8, 3_001 & 0xff), { notAfter: NOW + HOUR, carrier: 'card', status: GOOD });
  expect(buildBlindList({ index, times: times(1), plan: { salt: salt(1) }, base: [] })).toEqual({
    fingerprintsMissing: 1,
  });
});

it('does not follow a list that a delta cannot follow', () => {
  const full = build(5);
  expect(() => build(4, [full])).toThrow('a delta has a higher number than its base');
});
