/** Identifier octets of the universal types that X.509 uses (X.690, 8.1.2), constructed bit included. */
export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  objectIdentifier: 0x06,
  enumerated: 0x0a,
  utf8String: 0x0c,
  sequence: 0x30,
  set: 0x31,
  printableString: 0x13,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
} as const;

/** Identifier octet of `[number]` around constructed content (EXPLICIT, or IMPLICIT SEQUENCE). */
export const contextConstructed = (number: number): number => 0xa0 | number;

/** Identifier octet of `[number] IMPLICIT` over a primitive type. */
export const contextPrimitive = (number: number): number => 0x80 | number;
