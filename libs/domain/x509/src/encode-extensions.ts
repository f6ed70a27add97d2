import {
  bitString,
  boolean,
  constructed,
  contextConstructed,
  contextPrimitive,
  type DerPart,
  encodeDer,
  integer,
  nothing,
  objectIdentifier,
  octetString,
  primitive,
  sequence,
  text,
} from '@kakunin/der';
import type { Extension } from './extension.ts';
import { digest } from './hash-algorithm.ts';
import { EXTENSION, KEY_PURPOSE, KEY_USAGES, type KeyPurpose, type KeyUsage } from './object-identifiers.ts';
import { publicKeyBits } from './public-key.ts';

const extension = (id: string, value: DerPart, critical = false): Extension => ({
  id,
  critical,
  value: encodeDer(value),
});

const uri = (value: string) => text(contextPrimitive(6), value);

/** Critical, as RFC 5280, 4.2.1.9 wants. */
export const basicConstraints = (constraints: {
  readonly authority: boolean;
  readonly pathLength?: number;
}): Extension =>
  extension(
    EXTENSION.basicConstraints,
    constraints.authority
      ? sequence(boolean(true), constraints.pathLength === undefined ? undefined : integer(constraints.pathLength))
      : sequence(),
    true,
  );

/** Critical, as RFC 5280, 4.2.1.3 wants; trailing zero bits are left out (X.690, 11.2.2). */
export function keyUsage(...usages: readonly KeyUsage[]): Extension {
  const bits = usages.map((usage) => KEY_USAGES.indexOf(usage));
  const last = Math.max(...bits);
  const octets = new Uint8Array((last >> 3) + 1);
  for (const bit of bits) octets[bit >> 3]! |= 0x80 >> (bit & 7);
  return extension(EXTENSION.keyUsage, bitString(octets, 7 - (last & 7)), true);
}

/** RFC 5280, 4.2.1.12. */
export const extendedKeyUsage = (...purposes: readonly KeyPurpose[]): Extension =>
  extension(EXTENSION.extendedKeyUsage, sequence(...purposes.map((purpose) => objectIdentifier(KEY_PURPOSE[purpose]))));

/** RFC 6960, 4.2.2.2.1. */
export const ocspNoCheck = (): Extension => extension(EXTENSION.ocspNoCheck, nothing);

/** keyIdentifier of a SubjectPublicKeyInfo: SHA-1 of its bits (RFC 5280, 4.2.1.2, method 1). */
export const keyIdentifierOf = (publicKey: Uint8Array): Uint8Array => digest('sha1', publicKeyBits(publicKey));

/** RFC 5280, 4.2.1.2. */
export const subjectKeyIdentifier = (keyIdentifier: Uint8Array): Extension =>
  extension(EXTENSION.subjectKeyIdentifier, octetString(keyIdentifier));

/** RFC 5280, 4.2.1.1: the keyIdentifier alone. */
export const authorityKeyIdentifier = (keyIdentifier: Uint8Array): Extension =>
  extension(EXTENSION.authorityKeyIdentifier, sequence(primitive(contextPrimitive(0), keyIdentifier)));

/** Where to ask for the status (RFC 5280, 4.2.2.1). */
export const authorityInformationAccess = (access: { readonly ocsp: string }): Extension =>
  extension(
    EXTENSION.authorityInformationAccess,
    sequence(sequence(objectIdentifier('1.3.6.1.5.5.7.48.1'), uri(access.ocsp))),
  );

/** Where to download the CRL (RFC 5280, 4.2.1.13). */
export const crlDistributionPoints = (...urls: readonly string[]): Extension =>
  extension(
    EXTENSION.crlDistributionPoints,
    sequence(
      ...urls.map((url) =>
        sequence(constructed(contextConstructed(0), [constructed(contextConstructed(0), [uri(url)])])),
      ),
    ),
  );

/** Host names and IPv4 addresses of a server (RFC 5280, 4.2.1.6). */
export const subjectAltName = (names: {
  readonly dns?: readonly string[];
  readonly ipv4?: readonly string[];
}): Extension =>
  extension(
    EXTENSION.subjectAltName,
    sequence(
      ...(names.dns ?? []).map((name) => text(contextPrimitive(2), name)),
      ...(names.ipv4 ?? []).map((address) =>
        primitive(contextPrimitive(7), Uint8Array.from(address.split('.').map(Number))),
      ),
    ),
  );
