import { encodeDer, nothing, objectIdentifier, sequence } from '@kakunin/der';
import type { SignatureAlgorithm } from './signing-key.ts';

const OBJECT_IDENTIFIERS: Readonly<Record<SignatureAlgorithm, string>> = {
  'rsa-sha256': '1.2.840.113549.1.1.11',
  'ecdsa-p256-sha256': '1.2.840.10045.4.3.2',
  'ecdsa-p384-sha384': '1.2.840.10045.4.3.3',
  ed25519: '1.3.101.112',
};

/** RSA has NULL parameters (RFC 4055, 5), the others none (RFC 5758, 3.2; RFC 8410, 3). */
const identifierOf = (name: SignatureAlgorithm): Uint8Array =>
  encodeDer(sequence(objectIdentifier(OBJECT_IDENTIFIERS[name]), name.startsWith('rsa') ? nothing : undefined));

/** DER of the AlgorithmIdentifier of a signature. */
export const signatureAlgorithmIdentifier: Readonly<Record<SignatureAlgorithm, Uint8Array>> = {
  'rsa-sha256': identifierOf('rsa-sha256'),
  'ecdsa-p256-sha256': identifierOf('ecdsa-p256-sha256'),
  'ecdsa-p384-sha384': identifierOf('ecdsa-p384-sha384'),
  ed25519: identifierOf('ed25519'),
};

/** How a signature made by others is verified. */
export interface VerificationScheme {
  readonly keyType: 'rsa' | 'ec' | 'ed25519';
  /** undefined: the algorithm brings its own (Ed25519). */
  readonly digest: 'sha256' | 'sha384' | 'sha512' | undefined;
}

const SCHEMES: Readonly<Record<string, VerificationScheme>> = {
  '1.2.840.113549.1.1.11': { keyType: 'rsa', digest: 'sha256' },
  '1.2.840.113549.1.1.12': { keyType: 'rsa', digest: 'sha384' },
  '1.2.840.113549.1.1.13': { keyType: 'rsa', digest: 'sha512' },
  '1.2.840.10045.4.3.2': { keyType: 'ec', digest: 'sha256' },
  '1.2.840.10045.4.3.3': { keyType: 'ec', digest: 'sha384' },
  '1.2.840.10045.4.3.4': { keyType: 'ec', digest: 'sha512' },
  '1.3.101.112': { keyType: 'ed25519', digest: undefined },
};

/** By OBJECT IDENTIFIER; undefined for SHA-1 and everything else that is not accepted. */
export const verificationScheme = (identifier: string): VerificationScheme | undefined => SCHEMES[identifier];
