import type { CrlDescriptor, CrlScope, CrlSeries } from '@kakunin/publication';

/** Why no CRL was published although one was due; the old one stays. Each has its row in docs/runbooks/crl-not-published.md. */
export type WithheldReason =
  | 'status_not_ready'
  | 'status_stale'
  | 'authority_blocked'
  | 'signer_missing'
  | 'signer_differs'
  | 'status_older_than_crl'
  | 'predecessor_altered'
  | 'entries_lost'
  | 'unverifiable';

export type IssuanceOutcome =
  | Issued
  /** Another publisher is at work for this authority, or was faster. */
  | { readonly outcome: 'reserved_elsewhere' }
  | Withheld;

/** An authority was looked at, and what was due of it was made; or, of much that is due, the first part. */
export interface Issued {
  readonly outcome: 'issued';
  /** What has become public: complete CRLs and deltas. */
  readonly published: readonly CrlDescriptor[];
  /** What the manifest may not list as it is. */
  readonly unlisted: readonly CrlSeries[];
  /** Of all scopes of the authority: those of which no CRL could be published when one was last due. */
  readonly troubles: readonly ScopeTrouble[];
  /** When something of it is due again; in the past when more is due already. */
  readonly nextPublication: number;
}

/** A scope of which no CRL could be published; others are. */
export interface ScopeTrouble {
  readonly scope: CrlScope;
  readonly reason: string;
  readonly detail: string;
  readonly error?: unknown;
}

/** Nothing of the authority, or of one scope, may be published. */
export interface Withheld {
  readonly outcome: 'withheld';
  readonly reason: WithheldReason;
  /** What is wrong and what to do, for `/readyz`. */
  readonly detail: string;
}

const DETAILS: Record<WithheldReason, string> = {
  status_not_ready: 'the status data is still being read; wait until it has caught up',
  status_stale: 'the status data is too old; see the check status-data',
  authority_blocked: 'an event could not be applied; resolve the dead letter (kakunin dead-letters)',
  signer_missing:
    'there is no signing key; put key.pem or pkcs11.json, and certificate.pem, into its signers directory',
  signer_differs: "the signing key is not the authority's; replace the key and certificate.pem",
  status_older_than_crl: 'the status data is older than the newest CRL; wait until it has caught up',
  predecessor_altered: 'the file of a published CRL is not what was published; restore it from a copy',
  entries_lost: 'entries of the newest CRL would vanish without a reason; the status data has lost them, restore it',
  unverifiable: 'the signed CRL did not pass its own check; look at the signing key and the log',
};

export const withheld = (reason: WithheldReason, more?: string): Withheld => ({
  outcome: 'withheld',
  reason,
  detail: more === undefined ? DETAILS[reason] : `${DETAILS[reason]} (${more})`,
});

/** What went wrong, in the words of whoever noticed. */
export function troubleOf(scope: CrlScope, error: unknown): ScopeTrouble {
  const { code = 'internal_error', message = String(error) } = error as { code?: string; message?: string };
  return { scope, reason: code, detail: message, error };
}
