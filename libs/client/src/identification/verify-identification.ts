import { createPublicKey } from 'node:crypto';
import { LinkageError, openEvidence } from '@kakunin/linkage';

/** What the registry said at an identification. */
export interface IdentificationStatement {
  /** Epoch ms; whole seconds. */
  readonly at: number;
  readonly serviceProvider: string;
  /** Who asked. */
  readonly platformProvider: string;
  readonly ppid: string;
  readonly purpose: string;
  /** `possession`: the holder's key signed; `check`: the platform provider has checked the certificate, no more. */
  readonly proof: 'possession' | 'check';
  /** SHA-256 of what was signed, or the nonce of the check; base64url. */
  readonly proofHash: string;
  readonly status: 'good' | 'revoked' | 'held' | 'usable' | 'not_usable';
  /** Since when, epoch ms; absent where the policy did not let it be said. */
  readonly since?: number;
  /** The service provider knew the person, and saw this certificate for the first time. */
  readonly succeeded: boolean;
  /** Of the entry of the audit log; base64url. */
  readonly auditHash: string;
}

/** The evidence is not what the registry signed, or was given to another. */
export class IdentificationError extends Error {
  override readonly name = 'IdentificationError';
}

/**
 * Verifies the `evidence` of an identification: today's, or one that was kept for years.
 * @param expected.keys of the registry, as `GET /signing-keys` says them (PEM): today's and earlier ones
 * @param expected.serviceProvider to whom it was given: evidence of others is no evidence here
 * @throws IdentificationError
 */
export function verifyIdentification(
  evidence: string,
  { keys, serviceProvider }: { readonly keys: readonly string[]; readonly serviceProvider: string },
): IdentificationStatement {
  const statement = open(evidence, keys);
  if (statement.aud !== serviceProvider) {
    throw new IdentificationError('This evidence was given to another service provider.');
  }
  const { iat, aud, azp, sub, iss: _, ...said } = statement;
  const { since, ...rest } = said;
  const at = iat * 1_000;
  return { at, serviceProvider: aud, platformProvider: azp, ppid: sub, ...rest, ...(since !== undefined && { since }) };
}

function open(evidence: string, keys: readonly string[]): ReturnType<typeof openEvidence> {
  try {
    return openEvidence(
      evidence,
      keys.map((key) => createPublicKey(key)),
    );
  } catch (cause) {
    if (!(cause instanceof LinkageError)) throw cause;
    throw new IdentificationError(cause.message, { cause });
  }
}
