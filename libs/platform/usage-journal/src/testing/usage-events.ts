import type { UsageEvent } from '@kakunin/usage';

/** A usage event that is told from others by a number, kept in both digests. */
export function usageEventOf(number: number, time: number): UsageEvent {
  const digest = Buffer.alloc(16);
  digest.writeUInt32BE(number, 0);
  digest.writeUInt8(1, 15);
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
    requestDigest: digest,
    certificateDigest: digest,
  };
}

/** What {@link usageEventOf} was given. */
export const numberOf = ({ certificateDigest }: UsageEvent): number => Buffer.from(certificateDigest).readUInt32BE(0);
