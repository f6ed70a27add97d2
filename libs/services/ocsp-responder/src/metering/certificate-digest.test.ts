import { createHmac } from 'node:crypto';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { CertificateDigest } from './certificate-digest.ts';

test('16 octets that differ by authority, serial number and key', () => {
  const digestOf = (key: number, authorityId: string, serial: number): string =>
    Buffer.from(new CertificateDigest(Buffer.alloc(32, key), authorityId).of(Uint8Array.of(1, serial), 0, 2)).toString(
      'hex',
    );
  const digests = [digestOf(1, 'a', 1), digestOf(1, 'b', 1), digestOf(1, 'a', 2), digestOf(2, 'a', 1)];
  expect(new Set(digests).size).toBe(4);
  expect(digests[0]).toHaveLength(32);
});

test('is HMAC-SHA-256 over authority and serial number, wherever that stands and whatever its length', () => {
  const key = fc.uint8Array({ minLength: 32, maxLength: 32 });
  const serialNumbers = fc.array(fc.uint8Array({ maxLength: 80 }), { maxLength: 4 });
  fc.assert(
    fc.property(key, fc.string(), serialNumbers, (octets, authorityId, serials) => {
      const digest = new CertificateDigest(octets, authorityId);
      for (const serial of serials) {
        const hmac = createHmac('sha256', octets).update(authorityId).update('\0').update(serial).digest();
        const message = Buffer.concat([Buffer.alloc(9, 1), serial, Buffer.alloc(9, 1)]);
        expect(digest.of(message, 9, 9 + serial.length)).toEqual(Uint8Array.from(hmac.subarray(0, 16)));
      }
    }),
  );
});
