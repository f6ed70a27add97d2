interface Told {
  /** Code of the service provider that is told. */
  readonly serviceProvider: string;
  /** Epoch ms. */
  readonly at: number;
}

/** Something happened to a certificate that the person presented here, or to one that took its place; not which, nor why. */
export interface CertificateEvent extends Told {
  readonly type: 'certificate_succeeded' | 'certificate_revoked' | 'certificate_held' | 'certificate_released';
  readonly ppid: string;
  readonly certificateClass: 'signature' | 'user-authentication';
}

/** Two accounts are one person's: `ppid` is given from now on. */
export interface PersonsMergedEvent extends Told {
  readonly type: 'persons_merged';
  readonly ppid: string;
  readonly alsoKnownAs: readonly string[];
}

/**
 * - `person_split`: by a mistake that is mended now, another person used the account under `ppid`: check what was done
 * - `person_erased`: nobody will be named by `ppid` again
 */
export interface PersonEvent extends Told {
  readonly type: 'person_split' | 'person_erased';
  readonly ppid: string;
}

/** `previousPpid` is `ppid` now. */
export interface PpidChangedEvent extends Told {
  readonly type: 'ppid_changed';
  readonly ppid: string;
  readonly previousPpid: string;
}

/** What was registered on the strength of a person's certificate has another ground now, or none. */
export interface DerivedCredentialEvent extends Told {
  readonly type: 'derived_credential_changed';
  readonly kind: 'certificate' | 'account' | 'fido_credential';
  /** Your own name for it; of a certificate its SHA-256. */
  readonly reference: string;
  /** `suspended`: for a while, take it for invalid; `ended`: for good. */
  readonly state: 'grounded' | 'suspended' | 'ended';
  readonly reason:
    | 'base_renewed'
    | 'base_held'
    | 'base_released'
    | 'base_replaced'
    | 'base_unsafe'
    | 'base_revoked'
    | 'base_expired'
    | 'person_erased';
}

export type LinkageEvent =
  CertificateEvent | PersonsMergedEvent | PersonEvent | PpidChangedEvent | DerivedCredentialEvent;

/** An event in its place: 1, 2, 3, … for each service provider. */
export interface LinkageEventItem {
  readonly sequence: number;
  readonly event: LinkageEvent;
}
