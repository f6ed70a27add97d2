import type { CertificateStatus, RevocationReason } from '@kakunin/certificates';
import { isHeld } from '@kakunin/certificates';
import { DerivedCredentialsError } from './derived-credentials-error.ts';

/** A certificate of a private CA, an account, or a FIDO credential. */
export type DerivedCredentialKind = 'certificate' | 'account' | 'fido_credential';

/**
 * Something that was issued on the strength of a person's certificate, its base, and must not outlive its ground.
 * States: `grounded` ⇄ `suspended` → `ended`; what has ended stays so, and its provider has the person prove anew.
 */
export interface DerivedCredential {
  readonly credentialId: string;
  /** Code of the relying party that issued it and is told of it. */
  readonly provider: string;
  readonly kind: DerivedCredentialKind;
  /** The provider's own name for it; opaque here. */
  readonly reference: string;
  /** Internal id of the certificate that it rests on now; never told. */
  readonly base: string;
  /** End of the base's validity, epoch ms. */
  readonly baseNotAfter: number;
  /** Of its ground alone: {@link stateOf} says how it stands. */
  readonly state: GroundState;
  /** A certificate that its own authority holds, whatever its ground. */
  readonly held?: true;
  /** Epoch ms. */
  readonly stateSince: number;
  /** Only when it waits for the successor of a replaced base: until when, epoch ms. */
  readonly successorUntil?: number;
}

export type GroundState = 'grounded' | 'suspended' | 'ended';

/** How a credential stands: by its ground, and by what its own authority says of it. */
export const stateOf = ({ state, held }: Pick<DerivedCredential, 'state' | 'held'>): GroundState =>
  held && state === 'grounded' ? 'suspended' : state;

/** What happened to a certificate; `renewed` is told when its successor is good. */
export type BaseEvent = { readonly certificate: string } & (
  | { readonly type: 'renewed'; readonly successor: string; readonly notAfter: number }
  | { readonly type: 'held' }
  | { readonly type: 'released' }
  | { readonly type: 'revoked'; readonly reason: RevocationReason }
  | { readonly type: 'erased' }
);

/** What its own authority says of a credential that is a certificate: in a CRL, say. */
export type OwnEvent = 'revoked' | 'held' | 'released';

/**
 * Why, in the coarse terms that a provider may know:
 * - `base_renewed`: it rests on the successor now, and on its validity
 * - `base_held`, `base_released`: for a while, and no more
 * - `base_replaced`: revoked as superseded, its successor is not there yet
 * - `base_unsafe`: its key may be in other hands: undo what was done lately, too
 * - `base_revoked`: for any other reason, which is the person's own affair (death and moving abroad among them)
 * - `base_expired`: not renewed in time, or no successor came
 * - `person_erased`: the person wants to be forgotten
 * - `credential_revoked`, `credential_held`, `credential_released`: not the base, but the credential itself, by its own
 *   authority
 */
export type GroundReason =
  | 'base_renewed'
  | 'base_held'
  | 'base_released'
  | 'base_replaced'
  | 'base_unsafe'
  | 'base_revoked'
  | 'base_expired'
  | 'person_erased'
  | 'credential_revoked'
  | 'credential_held'
  | 'credential_released';

/** What the provider is told: its own reference, never the base. */
export interface GroundNews {
  readonly provider: string;
  readonly reference: string;
  readonly state: GroundState;
  readonly reason: GroundReason;
  /** Epoch ms. */
  readonly at: number;
}

/** The credential as it is now, and what its provider is told: nothing when nothing changed. */
export interface Grounding {
  readonly credential: DerivedCredential;
  readonly news?: GroundNews;
}

/** A base that was replaced is waited for that long: feeds may tell of the revocation before the successor. */
export const SUCCESSOR_WAIT = 72 * 3_600_000;

const UNSAFE: ReadonlySet<RevocationReason> = new Set(['keyCompromise', 'cACompromise', 'aACompromise']);

export interface DerivedCredentialRegistration extends Pick<
  DerivedCredential,
  'credentialId' | 'provider' | 'kind' | 'reference' | 'base' | 'baseNotAfter'
> {
  readonly baseStatus: CertificateStatus;
  /** Of the credential itself, where it is a certificate whose authority has said so. */
  readonly ownStatus?: CertificateStatus;
  /** Until when the provider says that the credential is valid, epoch ms; absent for accounts without an end. */
  readonly notAfter?: number;
  readonly now: number;
}

/**
 * Registers a credential on a base whose key has signed the {@link registrationMessage}.
 * @throws DerivedCredentialsError `base_unfit` | `lifetime_exceeds_base` | `credential_revoked`
 */
export function registerDerivedCredential(registration: DerivedCredentialRegistration): DerivedCredential {
  const { baseStatus, ownStatus, notAfter, now, ...named } = registration;
  if (baseStatus.status !== 'good' || named.baseNotAfter <= now) {
    const why = isHeld(baseStatus) ? 'held' : 'revoked or expired';
    throw new DerivedCredentialsError('base_unfit', `The base certificate is ${why}: nothing can rest on it.`);
  }
  if (notAfter !== undefined && notAfter > named.baseNotAfter) {
    throw new DerivedCredentialsError(
      'lifetime_exceeds_base',
      'The credential would be valid longer than its base certificate: end it with the base, and renew it then.',
    );
  }
  const held = ownStatus !== undefined && isHeld(ownStatus);
  if (ownStatus?.status === 'revoked' && !held) {
    throw new DerivedCredentialsError('credential_revoked', 'The credential itself was revoked by its own authority.');
  }
  return { ...named, state: 'grounded', ...(held && { held }), stateSince: now };
}

/**
 * What becomes of a credential when something happens to its base. Repeated events, those after the end, and those of a
 * certificate that it rests on no more (a predecessor is often revoked after its renewal), change nothing.
 */
export function onBaseEvent(credential: DerivedCredential, event: BaseEvent, now: number): Grounding {
  if (credential.state === 'ended' || event.certificate !== credential.base) return { credential };
  switch (event.type) {
    case 'renewed': {
      const { successorUntil: _waited, ...rest } = credential;
      const moved = { ...rest, base: event.successor, baseNotAfter: event.notAfter };
      return become(moved, { state: 'grounded', reason: 'base_renewed', now });
    }
    case 'held':
      return credential.state === 'suspended'
        ? { credential }
        : become(credential, { state: 'suspended', reason: 'base_held', now });
    case 'released':
      // A base that was replaced stays revoked: nothing of it can be released.
      if (credential.state === 'grounded' || credential.successorUntil !== undefined) return { credential };
      return become(credential, { state: 'grounded', reason: 'base_released', now });
    case 'revoked':
      return onRevoked(credential, event.reason, now);
    case 'erased':
      return become(credential, { state: 'ended', reason: 'person_erased', now });
  }
}

/** What becomes of a credential when its own authority turns it; after the end, or repeated, that changes nothing. */
export function onOwnEvent(credential: DerivedCredential, event: OwnEvent, now: number): Grounding {
  const { held, ...rest } = credential;
  if (credential.state === 'ended') return { credential };
  if (event === 'revoked') return become(credential, { state: 'ended', reason: 'credential_revoked', now });
  if (event === 'released') {
    return held ? told(credential, rest, { reason: 'credential_released', now }) : { credential };
  }
  return held ? { credential } : told(credential, { ...rest, held: true }, { reason: 'credential_held', now });
}

/** What time does: a base that expires, or whose successor does not come, grounds nothing. To be asked at least daily. */
export function onTime(credential: DerivedCredential, now: number): Grounding {
  if (credential.state === 'ended') return { credential };
  const end = Math.min(credential.baseNotAfter, credential.successorUntil ?? Number.POSITIVE_INFINITY);
  return now < end ? { credential } : become(credential, { state: 'ended', reason: 'base_expired', now });
}

function onRevoked(credential: DerivedCredential, reason: RevocationReason, now: number): Grounding {
  if (reason === 'certificateHold') return onBaseEvent(credential, { type: 'held', certificate: credential.base }, now);
  if (reason === 'superseded') {
    if (credential.successorUntil !== undefined) return { credential };
    const waiting = { ...credential, successorUntil: now + SUCCESSOR_WAIT };
    return become(waiting, { state: 'suspended', reason: 'base_replaced', now });
  }
  return become(credential, { state: 'ended', reason: UNSAFE.has(reason) ? 'base_unsafe' : 'base_revoked', now });
}

const become = (
  credential: DerivedCredential,
  { state, ...why }: { readonly state: GroundState; readonly reason: GroundReason; readonly now: number },
): Grounding => told(credential, { ...credential, state }, why);

function told(
  before: DerivedCredential,
  after: DerivedCredential,
  { reason, now }: { readonly reason: GroundReason; readonly now: number },
): Grounding {
  const { provider, reference, stateSince } = before;
  const state = stateOf(after);
  return {
    credential: { ...after, stateSince: state === stateOf(before) ? stateSince : now },
    news: { provider, reference, state, reason, at: now },
  };
}
