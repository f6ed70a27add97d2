import type { UsageEvent } from '@kakunin/usage';

/** Epoch ms of a moment in Japan, such as `2026-11-15T12:00:00`. */
export const jst = (text: string): number => Date.parse(`${text}+09:00`);

/** A chargeable check of a signature certificate in the middle of November 2026. */
export const usageEvent = (differing: Partial<UsageEvent> = {}): UsageEvent => ({
  time: jst('2026-11-15T12:00:00'),
  platformProvider: 'pf-a',
  serviceProvider: 'sp-a',
  authorityId: 'sign-1',
  certificateClass: 'signature',
  carrier: 'card',
  channel: 'ocsp',
  purpose: 'signature_verification',
  outcome: 'good',
  requestDigest: new Uint8Array(16),
  certificateDigest: new Uint8Array(16).fill(7),
  ...differing,
});
