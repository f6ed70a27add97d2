import type { SerialScheme } from '@kakunin/certificates';
import { serialNumberOctets } from '@kakunin/x509';
import type { StatusIndexOptions } from '../index-memory.ts';
import { sealSerial } from '../seal-serial.ts';

export const SEALING_KEY = Buffer.from(Array.from({ length: 32 }, (_, octet) => octet));

const octetsOf = (serial: bigint): Uint8Array => Uint8Array.from(serialNumberOctets(serial.toString(16)));

/** A scheme, and the n-th serial number of an authority that follows it. */
export interface TestScheme {
  readonly scheme: SerialScheme;
  readonly options: StatusIndexOptions;
  readonly serialAt: (n: number) => Uint8Array;
}

export const SEQUENTIAL: TestScheme = {
  scheme: { kind: 'sequential', first: 'fffffff0' },
  options: {},
  serialAt: (n) => octetsOf(BigInt(0xffff_fff0 + n)),
};

export const SEALED: TestScheme = {
  scheme: { kind: 'sealed' },
  options: { sealingKeys: new Map([[1, SEALING_KEY]]) },
  serialAt: (n) => sealSerial(SEALING_KEY, 1, n),
};

/** Of 1 to 19 octets: those of more than 16 are kept in two parts. */
export const RANDOM: TestScheme = {
  scheme: { kind: 'random' },
  options: {},
  serialAt: (n) => octetsOf(BigInt(n + 1) ** 10n),
};

export const SCHEMES = [SEQUENTIAL, SEALED, RANDOM].map((each) => [each.scheme.kind, each] as const);
