import { equalOctets } from '@kakunin/der';
import type { PublicationTiming } from '@kakunin/publication';
import type { AuthorityStatus } from '@kakunin/status-feed';
import type { Certificate, SigningCredential } from '@kakunin/x509';
import { type Withheld, withheld } from './issuance-outcome.ts';

export interface IssuableInput {
  readonly status: Pick<AuthorityStatus, 'asOf' | 'blocked'>;
  readonly certificate: Certificate;
  readonly signer: SigningCredential;
  readonly timing: Pick<PublicationTiming, 'maximumDataAge'>;
  readonly now: number;
}

/**
 * Why no CRL may be made of this now: a missing entry reads as "not revoked", so unsure data makes no CRL at all.
 * @returns undefined when one may be made
 */
export function whyNotIssuable({ status, certificate, signer, timing, now }: IssuableInput): Withheld | undefined {
  if (status.blocked) return withheld('authority_blocked');
  if (status.asOf === 0) return withheld('status_not_ready');
  if (Math.abs(now - status.asOf) > timing.maximumDataAge) return withheld('status_stale');
  if (!equalOctets(signer.key.publicKey, certificate.publicKey)) return withheld('signer_differs');
  return undefined;
}
