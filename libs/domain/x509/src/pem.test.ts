import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { certificateDer, decodePem, encodePem } from './pem.ts';

test('is read back, in lines of at most 64 characters', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 500 }), (der) => {
      const pem = encodePem('CERTIFICATE', der);
      expect(Buffer.from(decodePem('CERTIFICATE', pem))).toEqual(Buffer.from(der));
      expect(Math.max(...pem.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(64);
    }),
  );
});

test('finds the first block of its label among others, with text around them', () => {
  const pem = `subject=…\n${encodePem('PRIVATE KEY', Uint8Array.of(1))}${encodePem('CERTIFICATE', Uint8Array.of(2))}\r\n${encodePem('CERTIFICATE', Uint8Array.of(3))}`;
  expect(decodePem('CERTIFICATE', pem)).toEqual(Buffer.from([2]));
  expect(() => decodePem('X509 CRL', pem)).toThrow(expect.objectContaining({ code: 'malformed_pem' }));
});

test('takes a certificate file as PEM and as DER', () => {
  const der = Uint8Array.of(0x30, 0x00);
  expect(certificateDer(der)).toBe(der);
  expect(certificateDer(Buffer.from(encodePem('CERTIFICATE', der)))).toEqual(Buffer.from(der));
});
