import { createHash, createHmac } from 'node:crypto';
import { calendarYearOf } from '@kakunin/calendar';
import { DIGEST_OCTETS, type UsageEvent } from '@kakunin/usage';
import type { ReportedUsage } from './reported-usage.ts';

/** The producer under which what a tenant reports is counted: 32 hexadecimal digits, as a journal has. */
export const producerOf = (tenant: string): string =>
  createHash('sha256').update(`usage-events/${tenant}`).digest('hex').slice(0, 32);

/** No retry of an OCSP request is looked for: what comes again is known by its id. */
const NO_REQUEST = new Uint8Array(DIGEST_OCTETS);

/** @param keys of certificate digests, by calendar year in Japan */
export function usageEventOf(
  { event, time, key }: ReportedUsage,
  tenant: string,
  keys: ReadonlyMap<string, Buffer>,
): UsageEvent {
  const { certificateKey, ...data } = event.data;
  const digestKey = keys.get(calendarYearOf(time));
  // A check that names no certificate has a digest that no other has: it is the first of its certificate.
  const certificateDigest =
    certificateKey === undefined || !digestKey
      ? key.subarray(0, DIGEST_OCTETS)
      : createHmac('sha256', digestKey).update(`${tenant}\0${certificateKey}`).digest().subarray(0, DIGEST_OCTETS);
  return { time, platformProvider: tenant, ...data, requestDigest: NO_REQUEST, certificateDigest };
}
