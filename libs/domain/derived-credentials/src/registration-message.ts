import { createHash } from 'node:crypto';
import type { DerivedCredentialKind } from './derived-credential.ts';

export interface RegistrationProof {
  /** 32 random octets, fresh, made for this provider. */
  readonly challenge: Uint8Array;
  /** Code of who issued the derived credential. */
  readonly provider: string;
  readonly kind: DerivedCredentialKind;
  /** The provider's own name for the credential: the person agrees to this one, and to no other. */
  readonly reference: string;
}

const DOMAIN = 'kakunin derived credential v1';

/**
 * What the key of the base certificate signs, so that a credential may rest on it: a domain, so that no signature made
 * for something else passes here, then challenge, provider, kind and SHA-256 of the reference. Each part is preceded by
 * its length (2 octets, big-endian).
 */
export function registrationMessage({ challenge, provider, kind, reference }: RegistrationProof): Uint8Array {
  const referenceHash = createHash('sha256').update(reference).digest();
  const parts = [Buffer.from(DOMAIN), challenge, Buffer.from(provider), Buffer.from(kind), referenceHash];
  return Buffer.concat(
    parts.flatMap((part) => {
      const length = Buffer.alloc(2);
      length.writeUInt16BE(part.length);
      return [length, part];
    }),
  );
}
