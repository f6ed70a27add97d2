import { createHash } from 'node:crypto';
import { createTestCa, type IssuedCertificate, type TestCa } from '@kakunin/testing/test-ca';

/** Certificates that the probe asks about, by what there is to say of them. */
export const SERIAL_NUMBERS = {
  good: '7a61b9d2c4',
  revoked: '7a61b9d2c5',
  held: '7a61b9d2c6',
  expired: '7a61b9d2c7',
  neverIssued: '7a61b9d2c8',
  /** Twenty octets, as many as RFC 5280, 4.1.2.2 allows. */
  longest: `7f${'5a'.repeat(19)}`,
  /** Its first bit is set: in DER a zero stands before it. */
  highBit: 'ff61b9d2c4',
  /** However it lies within a request, the base64 of it holds `//` and `+`. */
  slashes: `7f${'ff'.repeat(5)}fbefbe00fbefbe00fbefbe`,
} as const;

export type Named = keyof typeof SERIAL_NUMBERS;

export const REVOKED_AT = Date.UTC(2026, 0, 31, 12);
const DAY = 86_400_000;

/** What an authority knows of one certificate. */
export interface ProbedCertificate {
  readonly serialNumber: string;
  /** Epoch ms. */
  readonly notAfter: number;
  /** Stands for the SHA-256 of its DER, hexadecimal. */
  readonly fingerprint: string;
  readonly reason?: 'keyCompromise' | 'certificateHold';
}

/** An authority, what it issued, and keys for both sides: the same for every responder that is probed. */
export interface Population {
  readonly ca: TestCa;
  readonly responder: IssuedCertificate;
  /** An authority with the same name and another key, which the responder never heard of. */
  readonly otherGeneration: TestCa;
  /** Signs requests; the responder knows it where responders know their callers. */
  readonly caller: IssuedCertificate;
  readonly issued: readonly ProbedCertificate[];
}

/** @param now epoch ms */
export async function createPopulation(now: number): Promise<Population> {
  const [ca, otherGeneration] = await Promise.all([createTestCa(), createTestCa()]);
  const { neverIssued: _, ...issued } = SERIAL_NUMBERS;
  const reasons: Partial<Record<Named, 'keyCompromise' | 'certificateHold'>> = {
    revoked: 'keyCompromise',
    held: 'certificateHold',
  };
  return {
    ca,
    responder: await ca.issueResponder(),
    otherGeneration,
    caller: await ca.issueClient('caller'),
    issued: Object.entries(issued).map(([name, serialNumber]) => {
      const reason = reasons[name as Named];
      const fingerprint = createHash('sha256').update(serialNumber).digest('hex');
      return {
        serialNumber,
        fingerprint,
        notAfter: name === 'expired' ? now - DAY : now + 365 * DAY,
        ...(reason && { reason }),
      };
    }),
  };
}
