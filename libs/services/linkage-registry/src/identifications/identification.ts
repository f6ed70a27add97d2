import type { Ppid } from '@kakunin/linkage';
import type { Certificate } from '@kakunin/x509';
import type { CheckProof } from './check-proof.ts';

/** A signature of the certificate's key over the message of a challenge. */
export interface PossessionProof {
  readonly kind: 'possession';
  readonly challengeId: string;
  readonly signature: Uint8Array;
}

export interface IdentificationRequest {
  /** Who calls: a platform provider, or a service provider for itself. */
  readonly platformProvider: string;
  readonly serviceProvider: string;
  readonly certificate: Certificate;
  readonly purpose: string;
  /** As it stands in the audit log. */
  readonly action: 'identification' | 'serial_disclosure';
  readonly proof: PossessionProof | CheckProof;
}

/** How a certificate stands, in the words that the policy allows. */
export type StatusSaid = 'good' | 'revoked' | 'held' | 'usable' | 'not_usable';

/** Who it is, in the service provider's own name for the person, and how the certificate stands. */
export interface Identification {
  readonly ppid: Ppid;
  /** Within the window of a rotation of the sector's key: the name before. */
  readonly previousPpid?: Ppid;
  readonly status: StatusSaid;
  /** Since when the status holds, epoch milliseconds; absent where the policy does not let it be said. */
  readonly since?: number;
  /** True when the service provider knows the person, and by other certificates than this one. */
  readonly succeeded: boolean;
  /** What was said, signed by the registry; see `openEvidence` of `@kakunin/linkage`. */
  readonly evidence: string;
}
