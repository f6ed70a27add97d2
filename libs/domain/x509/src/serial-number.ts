import { X509Error } from './x509-error.ts';

/** RFC 5280, 4.1.2.2: at most 20 octets; a 21st can only be the sign's zero. */
const MAX_OCTETS = 20;
const HEX = /^(0|[1-9a-f][0-9a-f]{0,39})$/;

/**
 * INTEGER content octets of a serial number written in lower-case hexadecimal without leading zeros.
 * @throws X509Error `invalid_serial_number`
 */
export function serialNumberOctets(hex: string): Uint8Array {
  if (!HEX.test(hex)) throw new X509Error('invalid_serial_number', 'A serial number is lower-case hexadecimal.');
  const octets = Buffer.from(hex.length % 2 ? `0${hex}` : hex, 'hex');
  return octets[0]! >= 0x80 ? Buffer.concat([Uint8Array.of(0), octets]) : octets;
}

/**
 * Lower-case hexadecimal without leading zeros of INTEGER content octets; undefined when it is negative or longer
 * than 20 octets, which no certificate of RFC 5280 is.
 */
export function serialNumberHex(octets: Uint8Array): string | undefined {
  const start = octets[0] === 0 && octets.length > 1 ? 1 : 0;
  const length = octets.length - start;
  if (length === 0 || length > MAX_OCTETS || (start === 0 && octets[0]! >= 0x80)) return undefined;
  const hex = Buffer.from(octets.buffer, octets.byteOffset + start, length).toString('hex');
  return hex.length > 1 && hex.startsWith('0') ? hex.slice(1) : hex;
}
