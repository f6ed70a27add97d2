import { serialNumberSchema } from './certificate-event.ts';

/**
 * A serial number as people and tools write it (any case, leading zeros, `0x`, colons between octets) in the form of
 * {@link serialNumberSchema}: lower-case hexadecimal without leading zeros.
 * @returns undefined when it is not a hexadecimal number of at most 20 octets (RFC 5280, 4.1.2.2)
 */
export function normalizeSerialNumber(text: string): string | undefined {
  const digits = text.trim().toLowerCase().replace(/^0x/, '').replaceAll(':', '');
  if (!/^[0-9a-f]+$/.test(digits)) return undefined;
  const serialNumber = digits.replace(/^0+(?=.)/, '');
  return serialNumberSchema.safeParse(serialNumber).success ? serialNumber : undefined;
}
