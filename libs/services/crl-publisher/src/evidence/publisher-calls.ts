import type { CallTable } from '@kakunin/callers';
import type { Role } from '@kakunin/relying-parties';

/** Who may call what of the publisher is not public; CRLs are for anyone. */
const PUBLISHER_CALLS = {
  ask_evidence: ['certificate_authority', 'operator'],
  audit_archive: ['operator'],
} as const satisfies Readonly<Record<string, readonly Role[]>>;
type PublisherCall = keyof typeof PUBLISHER_CALLS;

/**
 * Calls that the operator may open to platform providers, on the legal ground that docs/reference/roles.md names: evidence
 * holds an OCSP answer, which verifiers may not pass on, and which nobody is charged for here.
 */
export const OPENABLE_CALLS = ['ask_evidence'] as const satisfies readonly PublisherCall[];

/** @param opened of {@link OPENABLE_CALLS} */
export const publisherCallTable =
  (opened: readonly string[]): CallTable =>
  (call) => {
    const roles: readonly Role[] = Object.hasOwn(PUBLISHER_CALLS, call) ? PUBLISHER_CALLS[call as PublisherCall] : [];
    return opened.includes(call) ? [...roles, 'platform_provider'] : roles;
  };
