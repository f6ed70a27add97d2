import type { CrlDescriptor } from '@kakunin/publication';

/** Why no CRL was published although one was due; the old one stays. Each has its row in docs/runbooks/crl-not-published.md. */
export type WithheldReason =
  | 'status_not_ready'
  | 'status_stale'
  | 'authority_blocked'
  | 'signer_missing'
  | 'signer_differs'
  | 'status_older_than_crl'
  | 'entries_lost'
  | 'unverifiable';

export type IssuanceOutcome =
  | { readonly outcome: 'published'; readonly descriptor: CrlDescriptor }
  /** The newest CRL, described here, says the same already: an issuance, for one, changes nothing. */
  | { readonly outcome: 'unchanged'; readonly descriptor: CrlDescriptor }
  /** Another publisher is at work for this authority, or was faster. */
  | { readonly outcome: 'reserved_elsewhere' }
  | Withheld;

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
  entries_lost: 'entries of the newest CRL would vanish without a reason; the status data has lost them, restore it',
  unverifiable: 'the signed CRL did not pass its own check; look at the signing key and the log',
};

export const withheld = (reason: WithheldReason, more?: string): Withheld => ({
  outcome: 'withheld',
  reason,
  detail: more === undefined ? DETAILS[reason] : `${DETAILS[reason]} (${more})`,
});
