import { createHash } from 'node:crypto';
import { CARRIERS, CERTIFICATE_CLASSES, OUTCOMES, PURPOSES } from '@kakunin/usage';
import type { UsageEvent, UsageSegment } from '@kakunin/usage';

export const CUSTOMER = 'pf-a';
export const PRODUCER = '0123456789abcdef0123456789abcdef';
/** 2026-10-31 23:59:59.000 in Japan. */
export const OCTOBER = Date.UTC(2026, 9, 31, 14, 59, 59);

/** Usage that differs from number to number, and is the same each time. */
export const usageEvent = (number: number, change: Partial<UsageEvent> = {}): UsageEvent => {
  const digest = createHash('sha256').update(number.toString()).digest();
  const pick = <T>(values: readonly T[], octet: number): T => values[digest[octet]! % values.length]!;
  return {
    time: OCTOBER - number,
    platformProvider: CUSTOMER,
    serviceProvider: `sp-${digest[0]! % 7}`,
    authorityId: 'signature-g1',
    certificateClass: pick(CERTIFICATE_CLASSES, 1),
    carrier: pick(CARRIERS, 2),
    channel: 'ocsp',
    purpose: pick(PURPOSES, 3),
    outcome: pick(OUTCOMES, 4),
    requestDigest: new Uint8Array(16),
    certificateDigest: Uint8Array.from(digest.subarray(0, 16)),
    ...change,
  };
};

/** A segment of `count` events. */
export const usageSegment = (sequence: number, count: number, change: Partial<UsageEvent> = {}): UsageSegment => ({
  producer: PRODUCER,
  sequence: BigInt(sequence),
  events: Array.from({ length: count }, (_, index) => usageEvent(1000 * sequence + index, change)),
});
