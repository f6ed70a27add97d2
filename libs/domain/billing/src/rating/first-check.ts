import { billingPeriodOf, calendarYearOf } from '@kakunin/calendar';
import type { UsageEvent } from '@kakunin/usage';

/** Remembers which keys it was asked about, for as long as the period of the key can still be counted. */
export interface FirstCheckRegister {
  /** True for a key that it was never asked about before; from now on it was. */
  isFirst(key: string): boolean;
}

/**
 * Which checks are about the same certificate in the same period (Asia/Tokyo): those of one customer for one service
 * provider over one channel, whatever the purpose. One of them that is chargeable is the first.
 *
 * The certificate is known by its keyed digest alone. So the key of the digests must be the same for all journals, and
 * must not change within a period whose first checks are priced: a new key makes every certificate a new one. Once the
 * key is destroyed, after the objection period, neither events nor register lead back to a certificate.
 */
export function firstCheckKey(event: UsageEvent, per: 'month' | 'year'): string {
  const period = per === 'month' ? billingPeriodOf(event.time) : calendarYearOf(event.time);
  const certificate = Buffer.from(event.certificateDigest).toString('base64url');
  return [period, event.platformProvider, event.serviceProvider, event.channel, certificate].join('\0');
}
