import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { serialNumberHex, serialNumberOctets } from './serial-number.ts';
import { X509Error } from './x509-error.ts';

test('hexadecimal and INTEGER octets of up to 20 octets turn into each other', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 2n ** 160n - 1n }), (value) => {
      const hex = value.toString(16);
      const octets = serialNumberOctets(hex);
      expect(octets[0]! < 0x80).toBe(true);
      expect(BigInt(`0x${Buffer.from(octets).toString('hex')}`)).toBe(value);
      expect(serialNumberHex(octets)).toBe(hex);
    }),
  );
});

test.each(['', 'A', '0a', '0x1', '-1', '1'.repeat(41)])('refuses %j, and says nothing of it', (hex) => {
  const refused = expect.objectContaining({ code: 'invalid_serial_number' });
  expect(() => serialNumberOctets(hex)).toThrow(refused);
  expect(() => serialNumberOctets(hex)).toThrow(X509Error);
});

test('a negative INTEGER, and one of more than 20 octets, is no serial number', () => {
  expect(serialNumberHex(Uint8Array.of(0x80))).toBeUndefined();
  expect(serialNumberHex(new Uint8Array(21).fill(1))).toBeUndefined();
  expect(serialNumberHex(Uint8Array.of())).toBeUndefined();
  expect(serialNumberHex(Uint8Array.of(0))).toBe('0');
});
