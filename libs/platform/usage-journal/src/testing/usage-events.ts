import { createHash } from 'node:crypto';
import type { UsageEvent } from '@kakunin/usage';

/** A usage event that is told from others by a number: its certificate's, and its request's unless another is given. */
export function usageEventOf(number: number, time: number, request = number): UsageEvent {
  const certificateDigest = Buffer.alloc(16);
  certificateDigest.writeUInt32BE(number, 0);
  return {
    time,
    platformProvider: 'pf-a',
    serviceProvider: 'sp-a',
    authorityId: 'signature-1',
    certificateClass: 'signature',
    carrier: 'card',
    channel: 'ocsp',
    purpose: 'signature_verification',
    outcome: 'good',
    requestDigest: requestDigestOf(request),
    certificateDigest,
  };
}

/** Digests are compared by half of their octets, so these are as evenly spread as real ones. */
export const requestDigestOf = (request: number): Uint8Array =>
  createHash('sha256').update(String(request)).digest().subarray(0, 16);

/** What {@link usageEventOf} was given. */
export const numberOf = ({ certificateDigest }: UsageEvent): number => Buffer.from(certificateDigest).readUInt32BE(0);

/** One of three, by number. */
export const customerOf = (number: number): string => `pf-${number % 3}`;
