import { certIdOf, encodeOcspRequest } from '@kakunin/ocsp';
import { createTestCa, type TestCa } from '@kakunin/testing/test-ca';
import * as fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { templateOf } from '../run/data-set.ts';
import { NONCE_OCTETS, RequestWriter } from './request-template.ts';

let ca: TestCa;
beforeAll(async () => {
  ca = await createTestCa({ keyType: 'p256' });
});

// Serial numbers of three octets that need no sign octet: what the data sets use.
const serials = fc.integer({ min: 0x100000, max: 0x7fffff });
const nonces = fc.uint8Array({ minLength: NONCE_OCTETS, maxLength: NONCE_OCTETS });

test('writes the request that our encoder writes, with a nonce', () => {
  const writer = new RequestWriter(templateOf(ca.certificate, Buffer.alloc(NONCE_OCTETS, 0xa5)));
  fc.assert(
    fc.property(serials, nonces, (serial, nonce) => {
      const certIds = [certIdOf(ca.certificate, serial.toString(16), 'sha1')];
      expect(Buffer.from(writer.write(serial, nonce))).toEqual(Buffer.from(encodeOcspRequest({ certIds, nonce })));
    }),
    { numRuns: 1_000 },
  );
});

test('and without one; a request is exactly as long as its buffer', () => {
  const writer = new RequestWriter(templateOf(ca.certificate));
  fc.assert(
    fc.property(serials, (serial) => {
      const certIds = [certIdOf(ca.certificate, serial.toString(16), 'sha1')];
      const written = writer.write(serial);
      expect(Buffer.from(written)).toEqual(Buffer.from(encodeOcspRequest({ certIds })));
      expect(written.buffer.byteLength).toBe(written.length);
    }),
    { numRuns: 1_000 },
  );
});

test('does not write over what was written before', () => {
  const writer = new RequestWriter(templateOf(ca.certificate));
  const first = writer.write(0x100000);
  const before = Buffer.from(first).toString('hex');
  writer.write(0x7fffff);
  expect(Buffer.from(first).toString('hex')).toBe(before);
});

test('a serial number that takes more octets is refused', () => {
  const writer = new RequestWriter(templateOf(ca.certificate));
  expect(() => writer.write(0x1000000)).toThrow(RangeError);
});
