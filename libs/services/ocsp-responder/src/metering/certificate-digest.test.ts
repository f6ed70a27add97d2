import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createHmac } from 'node:crypto';
import * as fc from 'fast-check';
import { CertificateDigest } from './certificate-digest.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'kakunin-digest-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const serial = Uint8Array.of(1, 2, 3);

test('the first start makes a key that only the owner reads; the next one reads it', () => {
  const file = join(directory, 'made', 'certificate-digest.key');
  const first = CertificateDigest.fromKeyFile(file).of('signature-g1', serial);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(CertificateDigest.fromKeyFile(file).of('signature-g1', serial)).toEqual(first);
});

test('16 octets that differ by authority, serial number and key', () => {
  const digest = new CertificateDigest(Buffer.alloc(32, 1));
  const digests = [
    digest.of('a', serial),
    digest.of('b', serial),
    digest.of('a', Uint8Array.of(1, 2, 4)),
    new CertificateDigest(Buffer.alloc(32, 2)).of('a', serial),
  ].map((octets) => Buffer.from(octets).toString('hex'));
  expect(new Set(digests).size).toBe(4);
  expect(digests[0]).toHaveLength(32);
});

test('a key file cut short is refused, not replaced', () => {
  const file = join(directory, 'certificate-digest.key');
  writeFileSync(file, 'short');
  expect(() => CertificateDigest.fromKeyFile(file)).toThrow(/32 octets/);
});

test('is HMAC-SHA-256 over authority and serial number, whatever their lengths', () => {
  const octets = (maxLength: number) => fc.uint8Array({ maxLength });
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
      fc.string(),
      octets(80),
      octets(9),
      (key, id, serialNumber, before) => {
        const hmac = createHmac('sha256', key).update(id).update('\0').update(serialNumber).digest();
        const message = Buffer.concat([before, serialNumber, before]);
        const digest = new CertificateDigest(key).within(id).of(message, before.length, before.length + serialNumber.length);
        expect(Buffer.from(digest)).toEqual(hmac.subarray(0, 16));
      },
    ),
  );
});
