import { jstStartOfDay } from '@kakunin/calendar';
import { type CertificateStatus, isHeld } from '@kakunin/certificates';
import type { IdentificationPolicy } from './identification-policy.ts';
import type { Identification } from './identification.ts';
import type { LinkedCertificate } from './identification.store.ts';

export const isGood = ({ status }: CertificateStatus): boolean => status === 'good';

/**
 * How a certificate stands, as far as the policy lets it be said; since when by the day, and never later than it was: the
 * instant of a revocation is in the public CRL, beside the serial number.
 */
export function statusSaid(
  says: IdentificationPolicy['says'],
  { status, statusSince }: LinkedCertificate,
): Pick<Identification, 'status' | 'since'> {
  if (says === 'usable') return { status: isGood(status) ? 'usable' : 'not_usable' };
  return { status: isHeld(status) ? 'held' : status.status, since: jstStartOfDay(statusSince) };
}
