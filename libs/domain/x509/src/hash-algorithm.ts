import { hash } from 'node:crypto';
import { encodeDer, encodeObjectIdentifier, equalOctets, nothing, objectIdentifier, sequence } from '@kakunin/der';

/** What a CertID may be hashed with (RFC 6960, 4.3 and RFC 9919, 3.1.1; RFC 5754 for the identifiers). */
export type HashAlgorithm = 'sha1' | 'sha256' | 'sha384' | 'sha512';

const OBJECT_IDENTIFIERS: Readonly<Record<HashAlgorithm, string>> = {
  sha1: '1.3.14.3.2.26',
  sha256: '2.16.840.1.101.3.4.2.1',
  sha384: '2.16.840.1.101.3.4.2.2',
  sha512: '2.16.840.1.101.3.4.2.3',
};

/** All of them. */
export const HASH_ALGORITHMS = Object.keys(OBJECT_IDENTIFIERS) as readonly HashAlgorithm[];

const byContent = HASH_ALGORITHMS.map((name) => ({ name, content: encodeObjectIdentifier(OBJECT_IDENTIFIERS[name]) }));

/** The algorithm of OBJECT IDENTIFIER content octets; undefined when it is none of ours. */
export function hashAlgorithmOf(identifier: Uint8Array): HashAlgorithm | undefined {
  for (const { name, content } of byContent) if (equalOctets(content, identifier)) return name;
  return undefined;
}

const identifierOf = (name: HashAlgorithm): Uint8Array =>
  encodeDer(sequence(objectIdentifier(OBJECT_IDENTIFIERS[name]), nothing));

/** DER of the AlgorithmIdentifier, with NULL parameters as every OCSP client writes them. */
export const hashAlgorithmIdentifier: Readonly<Record<HashAlgorithm, Uint8Array>> = {
  sha1: identifierOf('sha1'),
  sha256: identifierOf('sha256'),
  sha384: identifierOf('sha384'),
  sha512: identifierOf('sha512'),
};

/** Octets of a digest. */
export const hashLength: Readonly<Record<HashAlgorithm, number>> = { sha1: 20, sha256: 32, sha384: 48, sha512: 64 };

/** One-shot digest. */
export const digest = (algorithm: HashAlgorithm, data: Uint8Array): Uint8Array => hash(algorithm, data, 'buffer');
